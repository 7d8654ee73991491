package io.alidade.model.folder;

import io.alidade.model.config.JsonObject;
import io.alidade.model.tokenizer.SpecialTokens;
import io.alidade.model.tokenizer.TokenizerJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What a model folder says about itself, for people, and what of it will surprise them or another
/// tool.
public final class ModelInspection {
  private final Path folder;
  private final ModelDescription model;
  private final List<Finding> findings = new ArrayList<>();

  /// One thing that the folder says.
  ///
  /// @param problem what is wrong with it and what to do, if anything is
  public record Finding(String name, String detail, Optional<String> problem) {}

  private ModelInspection(Path folder, ModelDescription model) {
    this.folder = folder;
    this.model = model;
  }

  /// The findings on an open folder.
  public static List<Finding> of(Path folder, ModelDescription model) {
    return new ModelInspection(folder, model).findings();
  }

  private List<Finding> findings() {
    ModulesFile modules =
        Files.exists(folder.resolve(ModulesFile.NAME))
            ? ModulesFile.read(folder)
            : ModulesFile.of(folder, model.settings().pooling());
    add("family", family(modules.transformer()));
    add("sizes", sizes());
    specialTokens();
    add("pooling", pooling());
    poolingFile(modules);
    normalisation(modules);
    longestText(modules.transformer());
    add("prompts", prompts());
    for (String warning : model.warnings()) {
      findings.add(new Finding("note", warning, Optional.of("")));
    }
    return List.copyOf(findings);
  }

  private void add(String name, String detail) {
    findings.add(new Finding(name, detail, Optional.empty()));
  }

  private void add(String name, boolean fine, String detail, String problem) {
    findings.add(new Finding(name, detail, fine ? Optional.empty() : Optional.of(problem)));
  }

  private String family(Path transformer) {
    Path file = transformer.resolve("config.json");
    if (!Files.exists(file)) {
      return "adapter over " + model.base().map(base -> base.name()).orElse("its base");
    }
    JsonObject config = JsonObject.read(file);
    return "%s, weights in %s"
        .formatted(
            config.text("model_type").orElse("unknown"),
            config.text("dtype").or(() -> config.text("torch_dtype")).orElse("float32"));
  }

  private String sizes() {
    long parameters =
        model.weights().names().stream()
            .mapToLong(
                name -> Arrays.stream(model.weights().shape(name)).reduce(1, Math::multiplyExact))
            .sum();
    return String.format(
        Locale.ROOT,
        "%.1f million parameters, %d layers, hidden %d, %d tokens",
        parameters / 1e6,
        model.config().layers(),
        model.config().hidden(),
        model.config().vocabulary());
  }

  private void specialTokens() {
    SpecialTokens special = model.tokenizer().specialTokens();
    TokenizerJson json = model.tokenizer().json();
    String begin = special.bos().isPresent() ? name(json, special.bos().getAsInt()) : "none";
    String end = model.tokenizer().endsTextsItself() ? "" : ", put there by Alidade";
    add("special tokens", "begin %s, end %s%s".formatted(begin, name(json, special.eos()), end));
  }

  private static String name(TokenizerJson json, int id) {
    return "%s (%d)".formatted(json.token(id), id);
  }

  private String pooling() {
    var text = new StringBuilder();
    model
        .latentFolder()
        .map(latents -> new LatentFolder(latents).shape().latents())
        .ifPresent(count -> text.append("latent attention to %d, then ".formatted(count)));
    text.append(model.settings().pooling());
    if (!model.denseFolders().isEmpty()) {
      text.append(", then %d Dense".formatted(model.denseFolders().size()));
    }
    model.truncated().ifPresent(kept -> text.append(", cut to %d dimensions".formatted(kept)));
    return text.toString();
  }

  /// text-embeddings-inference knows the old form only.
  private void poolingFile(ModulesFile modules) {
    Path file = folder.resolve(ModulesFile.POOLING_FOLDER).resolve("config.json");
    if (Files.exists(file)) {
      JsonObject json = JsonObject.read(file);
      boolean old = json.has("pooling_mode_cls_token") && json.has("pooling_mode_mean_tokens");
      add(
          "pooling's file",
          old,
          old ? "in the form that every server reads" : "in the form of sentence-transformers 5.4",
          "text-embeddings-inference and older tools cannot read it; write pooling_mode_%s: true and the other switches as false"
              .formatted(modules.pooling().modes().getFirst().label()));
    }
  }

  private void normalisation(ModulesFile modules) {
    add(
        "normalisation",
        modules.normalize(),
        modules.normalize() ? "to length 1" : "none in modules.json; Alidade's have length 1",
        "sentence-transformers and servers give vectors of other lengths; compare by cosine, or add"
            + " a Normalize module");
  }

  private void longestText(Path transformer) {
    int tokens = model.settings().maxTokens();
    int positions = model.config().maxPositions();
    add(
        "longest text",
        tokens <= positions,
        "%d tokens".formatted(tokens),
        "the model has %d positions only; lower max_seq_length".formatted(positions));
    Path file = transformer.resolve("sentence_bert_config.json");
    if (Files.exists(file) && JsonObject.read(file).integer("max_seq_length").isEmpty()) {
      add(
          "length's file",
          false,
          "sentence_bert_config.json has no max_seq_length",
          "text-embeddings-inference refuses the folder; add \"max_seq_length\": " + tokens);
    }
  }

  private String prompts() {
    String names =
        model.prompts().texts().entrySet().stream()
            .filter(prompt -> !prompt.getValue().isEmpty())
            .map(prompt -> "%s \"%s\"".formatted(prompt.getKey(), line(prompt.getValue())))
            .reduce((first, second) -> first + ", " + second)
            .orElse("none by name");
    return names
        + model.prompts().defaultName().map(name -> "; default is " + name).orElse("")
        + "; queries as \"%s\"".formatted(line(model.prompts().template().query()));
  }

  private static String line(String text) {
    return text.replace("\n", "\\n");
  }
}
