package io.alidade.eval;

import io.alidade.data.TaskType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.MissingResourceException;
import org.jspecify.annotations.Nullable;

/// The contents of mteb's result files, with the keys and their order as mteb 2.12 writes them.
final class MtebLayout {
  /// The version whose layout this is, since readers choose their parser by it.
  private static final String VERSION = "2.12.0";

  private static final int REVISION_LENGTH = 40;

  private MtebLayout() {}

  static Map<String, @Nullable Object> taskResult(TaskScores scores) {
    var subset = new LinkedHashMap<String, @Nullable Object>();
    scores.metrics().forEach((name, value) -> subset.put(name, rounded(value, scores.type())));
    subset.put("main_score", rounded(scores.score(), scores.type()));
    subset.put("hf_subset", "default");
    subset.put("languages", languages(scores.task().language()));
    var result = new LinkedHashMap<String, @Nullable Object>();
    result.put("dataset_revision", scores.task().sha256().substring(0, REVISION_LENGTH));
    result.put("task_name", scores.task().name());
    result.put("mteb_version", VERSION);
    result.put("scores", Map.of("test", List.of(subset)));
    result.put("evaluation_time", scores.seconds());
    result.put("kg_co2_emissions", null);
    result.put("date", System.currentTimeMillis() / 1000.0);
    return result;
  }

  /// Every key of mteb's `ModelMeta`, which refuses others; `null` is 'not known'.
  static Map<String, @Nullable Object> modelMeta(MeasuredModel model) {
    var meta = new LinkedHashMap<String, @Nullable Object>();
    meta.put("loader", null);
    meta.put("loader_kwargs", Map.of());
    meta.put("name", model.name());
    meta.put("revision", model.revision());
    meta.put("release_date", null);
    meta.put("languages", null);
    meta.put("n_parameters", positive(model.parameters()));
    meta.put("n_active_parameters_override", null);
    meta.put("n_embedding_parameters", null);
    meta.put("memory_usage_mb", null);
    meta.put("max_tokens", positive(model.maxTokens()));
    meta.put("embed_dim", positive(model.dimensions()));
    meta.put("license", null);
    meta.put("open_weights", null);
    meta.put("public_training_code", null);
    meta.put("public_training_data", null);
    // A closed list without a value for Java; this is what the exported folder holds.
    meta.put("framework", List.of("safetensors", "Sentence Transformers", "PyTorch"));
    meta.put("reference", null);
    meta.put("similarity_fn_name", model.dimensions() > 0 ? "cosine" : null);
    meta.put("use_instructions", model.dimensions() > 0);
    meta.put("training_datasets", null);
    meta.put("adapted_from", null);
    meta.put("superseded_by", null);
    meta.put("modalities", List.of("text"));
    meta.put("model_type", List.of("dense"));
    meta.put("citation", null);
    meta.put("contacts", null);
    return meta;
  }

  private static @Nullable Long positive(long number) {
    return number > 0 ? number : null;
  }

  private static double rounded(double value, TaskType type) {
    double unit = type == TaskType.RETRIEVAL ? 1e5 : 1e6;
    return Math.round(value * unit) / unit;
  }

  /// mteb's form, such as `eng-Latn`; for a bitext pair both. Empty where it is not known.
  private static List<String> languages(String language) {
    return List.of(language.split("-")).stream()
        .filter(code -> code.length() == 2)
        .map(code -> iso3(code) + "-" + script(code))
        .toList();
  }

  private static String iso3(String code) {
    try {
      return code.equals("zh") ? "cmn" : Locale.of(code).getISO3Language();
    } catch (MissingResourceException _) {
      return code;
    }
  }

  private static String script(String code) {
    return switch (code) {
      case "ar", "fa", "ur", "ps", "ug", "sd" -> "Arab";
      case "be", "bg", "kk", "ky", "mk", "mn", "ru", "sr", "tg", "tt", "uk" -> "Cyrl";
      case "hi", "mr", "ne", "sa" -> "Deva";
      case "zh" -> "Hans";
      case "ja" -> "Jpan";
      case "ko" -> "Kore";
      case "el" -> "Grek";
      case "he", "yi" -> "Hebr";
      case "th" -> "Thai";
      case "bn", "as" -> "Beng";
      case "ta" -> "Taml";
      case "te" -> "Telu";
      case "kn" -> "Knda";
      case "ml" -> "Mlym";
      case "gu" -> "Gujr";
      case "pa" -> "Guru";
      case "ka" -> "Geor";
      case "hy" -> "Armn";
      case "am", "ti" -> "Ethi";
      case "km" -> "Khmr";
      case "lo" -> "Laoo";
      case "my" -> "Mymr";
      case "si" -> "Sinh";
      default -> "Latn";
    };
  }
}
