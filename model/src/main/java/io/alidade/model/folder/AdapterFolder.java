package io.alidade.model.folder;

import io.alidade.core.DataException;
import io.alidade.model.folder.AdapterDescription.Module;
import io.alidade.model.weights.PickledWeights;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the two files of a PEFT adapter.
///
/// PEFT names the tensors by the path to the adapted module in the wrapped model:
/// `base_model.model.layers.…` over an `AutoModel`, `base_model.model.model.layers.…` over an
/// `AutoModelForCausalLM`, `base_model.model.bert.encoder.…` over a classifier. All are read.
final class AdapterFolder {
  static final String WEIGHTS = "adapter_model.safetensors";
  static final String PREFIX = "base_model.model.";
  private static final String A = ".lora_A.weight";
  private static final String B = ".lora_B.weight";
  private static final String MAGNITUDE = ".lora_magnitude_vector";

  private final Path file;
  private final PeftConfig config;
  private final WeightSource weights;

  private AdapterFolder(Path file, PeftConfig config, WeightSource weights) {
    this.file = file;
    this.config = config;
    this.weights = weights;
  }

  static AdapterDescription read(Path folder) {
    PeftConfig config = PeftConfig.read(folder.resolve(PeftConfig.FILE));
    Path file = folder.resolve(WEIGHTS);
    PickledWeights.refuseInPlaceOf(
        file,
        List.of("adapter_model.bin"),
        "peft's AutoPeftModel.from_pretrained(FOLDER).save_pretrained(FOLDER)");
    var source = SafetensorsFile.open(file);
    try {
      var stored = new LinkedHashMap<String, String>();
      source.names().forEach(name -> stored.put(plain(file, name), name));
      return new AdapterFolder(file, config, new Renamed(source, stored)).describe();
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  private AdapterDescription describe() {
    List<String> names = weights.names();
    var modules = new ArrayList<Module>();
    for (String name : names) {
      if (name.endsWith(A)) {
        modules.add(module(name.substring(0, name.length() - A.length())));
      }
    }
    List<String> replaced = names.stream().filter(config::savesWhole).toList();
    int expected = modules.size() * (config.decomposed() ? 3 : 2) + replaced.size();
    if (modules.isEmpty() || expected != names.size()) {
      throw new DataException(
          file,
          "has %d tensors, of which %d are lora_A; each needs its lora_B%s"
              .formatted(
                  names.size(),
                  modules.size(),
                  config.decomposed() ? " and lora_magnitude_vector" : ""));
    }
    return new AdapterDescription(config.lora(), modules, config.decomposed(), replaced, weights);
  }

  private Module module(String name) {
    long[] a = weights.shape(name + A);
    long[] b = weights.shape(name + B);
    int rank = config.rank(name);
    if (a.length != 2 || b.length != 2 || a[0] != rank || b[1] != rank) {
      throw new DataException(
          file,
          "the matrices of %s do not have rank %d, as adapter_config.json says"
              .formatted(name, rank));
    }
    if (config.decomposed()) {
      weights.shape(AdapterDescription.nameOfMagnitude(name));
    }
    return new Module(name, config.scale(name));
  }

  /// The name without PEFT's prefix; magnitudes under Alidade's own name.
  private static String plain(Path file, String name) {
    boolean known = name.endsWith(".weight") || name.endsWith(MAGNITUDE);
    boolean embedding = name.contains(".lora_embedding_");
    if (!name.startsWith(PREFIX) || !known || embedding) {
      throw new DataException(
          file,
          "tensor \"%s\" is not supported; allowed are %sMODULE.lora_A.weight and lora_B.weight"
              .formatted(name, PREFIX));
    }
    String plain = SafetensorsFile.bareName(name.substring(PREFIX.length()));
    int magnitude = plain.indexOf(MAGNITUDE);
    return magnitude < 0
        ? plain
        : AdapterDescription.nameOfMagnitude(plain.substring(0, magnitude));
  }

  /// A source under other names.
  private record Renamed(SafetensorsFile source, Map<String, String> stored)
      implements WeightSource {
    @Override
    public List<String> names() {
      return List.copyOf(stored.keySet());
    }

    @Override
    public long[] shape(String name) {
      return source.shape(stored.getOrDefault(name, name));
    }

    @Override
    public Tensor tensor(String name, DType dtype) {
      return source.tensor(stored.getOrDefault(name, name), dtype);
    }

    @Override
    public Tensor rows(String name, long start, long count, DType dtype) {
      return source.rows(stored.getOrDefault(name, name), start, count, dtype);
    }

    @Override
    public String sha256() {
      return source.sha256();
    }

    @Override
    public void close() {
      source.close();
    }
  }
}
