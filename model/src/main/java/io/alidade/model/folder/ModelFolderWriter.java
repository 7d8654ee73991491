package io.alidade.model.folder;

import io.alidade.core.AtomicFiles;
import io.alidade.core.WriteFailure;
import io.alidade.model.Models;
import io.alidade.model.tokenizer.SpecialTokens;
import io.alidade.model.tokenizer.TokenizerJson;
import io.alidade.model.transformer.FusedMap;
import io.alidade.model.weights.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Writes a model folder. There is never a chat template in it: sentence-transformers would put one
/// around every text. The pooling module's schema is the old one, which every version of every
/// server reads.
public final class ModelFolderWriter {
  private ModelFolderWriter() {}

  /// Writes all files; `golden.json` follows with [GoldenCase#writeAll] once there are vectors.
  ///
  /// @return the SHA-256 of the weights' file
  public static String write(Path folder, ModelContent content) {
    String sha256 = writeWeights(folder, content);
    try {
      EmbeddingSettings settings = content.settings();
      int hidden = content.config().hidden();
      ModulesFile.write(folder, content.latents(), settings, hidden);
      SentenceTransformersFile.write(folder.resolve(SentenceTransformersFile.NAME), settings);
      Map<String, Object> limits = new LinkedHashMap<>();
      limits.put("max_seq_length", settings.maxTokens());
      limits.put("do_lower_case", false);
      JsonFiles.write(folder.resolve("sentence_bert_config.json"), limits);
      writeTokenizer(folder, content);
      AtomicFiles.writeText(folder.resolve("README.md"), ModelCard.text(content));
      new AlidadeFile(settings, content.base(), content.manifest())
          .write(folder.resolve(AlidadeFile.NAME));
    } catch (IOException e) {
      throw WriteFailure.of(folder, e);
    }
    return sha256;
  }

  private static String writeWeights(Path folder, ModelContent content) {
    return switch (content.weights()) {
      case ModelContent.Merged(List<SafetensorsWriter.Item> tensors) -> {
        AtomicFiles.writeText(folder.resolve("config.json"), content.mergedConfig());
        yield SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
      }
      // Without config.json: transformers takes a folder that has one for a whole model.
      case ModelContent.Adapter(var lora, List<SafetensorsWriter.Item> tensors) -> {
        PeftConfig.write(
            folder.resolve(PeftConfig.FILE),
            lora,
            content.base().name(),
            new PeftConfig.Targets(
                targets(tensors, Models.linearMaps(content.config())),
                parts(tensors, lora.rank())));
        yield SafetensorsWriter.write(
            folder.resolve(AdapterFolder.WEIGHTS),
            tensors.stream()
                .map(item -> item.withName(AdapterFolder.PREFIX + item.name()))
                .toList());
      }
    };
  }

  /// The ends of the adapted maps' names where no other map's name ends so, else their whole names:
  /// `Wo` alone would be two maps of a layer, and any end one of all layers. PEFT's
  /// `layers_to_transform` finds no layers in a model that has nothing around them, such as those
  /// of `AutoModel`.
  private static List<String> targets(List<SafetensorsWriter.Item> tensors, List<FusedMap> maps) {
    List<String> names =
        tensors.stream().map(ModelFolderWriter::module).distinct().sorted().toList();
    List<String> ends = modules(tensors);
    long meant =
        maps.stream()
            .flatMap(ModelFolderWriter::storedNames)
            .filter(name -> ends.stream().anyMatch(end -> name.endsWith("." + end)))
            .count();
    return meant > names.size() ? names : ends;
  }

  private static Stream<String> storedNames(FusedMap map) {
    return map.joined().map(Stream::of).orElse(map.parts().stream().map(FusedMap.Part::name));
  }

  private static String module(SafetensorsWriter.Item item) {
    return item.name().replaceFirst("\\.lora_[AB]\\.weight$", "");
  }

  /// How many times the usual rank an adapted map has, by the last part of its name, where more
  /// than once.
  private static Map<String, Integer> parts(List<SafetensorsWriter.Item> tensors, int rank) {
    var parts = new TreeMap<String, Integer>();
    for (SafetensorsWriter.Item item : tensors) {
      int times = Math.toIntExact(item.shape().getFirst() / rank);
      if (item.name().endsWith(".lora_A.weight") && times > 1) {
        parts.put(modules(List.of(item)).getFirst(), times);
      }
    }
    return parts;
  }

  /// What PEFT finds each adapted map by, the end of its name: `layers.0.self_attn.q_proj` gives
  /// `q_proj`. BERT's `dense` is not enough, since its pooler has one too.
  private static List<String> modules(List<SafetensorsWriter.Item> tensors) {
    return tensors.stream()
        .map(ModelFolderWriter::module)
        .map(
            module ->
                module.endsWith(".dense")
                    ? module.replaceFirst("^.*\\.\\d+\\.", "")
                    : module.substring(module.lastIndexOf('.') + 1))
        .distinct()
        .sorted()
        .toList();
  }

  private static void writeTokenizer(Path folder, ModelContent content) {
    TokenizerJson json = content.tokenizer().json();
    SpecialTokens special = content.tokenizer().specialTokens();
    String eos = json.token(special.eos());
    OptionalInt bos = special.bos();
    Map<String, Object> tokens = new LinkedHashMap<>();
    bos.ifPresent(id -> tokens.put("bos_token", json.token(id)));
    tokens.put("eos_token", eos);
    OptionalInt padding = content.config().padding();
    tokens.put("pad_token", padding.isPresent() ? json.token(padding.getAsInt()) : eos);
    Map<String, Object> config = new LinkedHashMap<>(tokens);
    // For versions of transformers that build the post-processor from these.
    config.put("add_bos_token", bos.isPresent());
    config.put("add_eos_token", special.endsTexts());
    config.put("clean_up_tokenization_spaces", false);
    config.put("model_max_length", content.settings().maxTokens());
    config.put("padding_side", "right");
    config.put("tokenizer_class", "PreTrainedTokenizerFast");
    AtomicFiles.writeText(folder.resolve("tokenizer.json"), json.text());
    JsonFiles.write(folder.resolve("tokenizer_config.json"), config);
    JsonFiles.write(folder.resolve("special_tokens_map.json"), tokens);
  }
}
