package io.alidade.model.folder;

import io.alidade.core.DataException;
import io.alidade.model.lora.LoraConfig;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the two files of a PEFT adapter.
///
/// PEFT names the tensors by the path to the adapted module in the wrapped model:
/// `base_model.model.layers.…` over an `AutoModel`, `base_model.model.model.layers.…` over an
/// `AutoModelForCausalLM`. Both are read.
final class AdapterFolder {
  static final String WEIGHTS = "adapter_model.safetensors";
  static final String PREFIX = "base_model.model.";
  private static final String CAUSAL_PREFIX = PREFIX + "model.";
  private static final String A = ".lora_A.weight";
  private static final String B = ".lora_B.weight";

  private AdapterFolder() {}

  static AdapterDescription read(Path folder) {
    LoraConfig config = PeftConfig.read(folder.resolve(PeftConfig.FILE)).lora();
    Path file = folder.resolve(WEIGHTS);
    var source = SafetensorsFile.open(file);
    try {
      var stored = new LinkedHashMap<String, String>();
      source.names().forEach(name -> stored.put(plain(file, name), name));
      var weights = new Renamed(source, stored);
      return new AdapterDescription(config, modules(file, weights, config), weights);
    } catch (RuntimeException e) {
      source.close();
      throw e;
    }
  }

  private static List<String> modules(Path file, WeightSource weights, LoraConfig config) {
    List<String> modules =
        weights.names().stream()
            .filter(name -> name.endsWith(A))
            .map(name -> name.substring(0, name.length() - A.length()))
            .toList();
    if (modules.isEmpty() || 2 * modules.size() != weights.names().size()) {
      throw new DataException(
          file,
          "has %d tensors, of which %d are lora_A; each needs its lora_B"
              .formatted(weights.names().size(), modules.size()));
    }
    for (String module : modules) {
      long[] a = weights.shape(module + A);
      long[] b = weights.shape(module + B);
      if (a.length != 2 || b.length != 2 || a[0] != config.rank() || b[1] != config.rank()) {
        throw new DataException(
            file,
            "the matrices of %s do not have rank %d, as adapter_config.json says"
                .formatted(module, config.rank()));
      }
    }
    return modules;
  }

  private static String plain(Path file, String name) {
    if (!name.startsWith(PREFIX) || !(name.endsWith(A) || name.endsWith(B))) {
      throw new DataException(
          file,
          "tensor \"%s\" is not supported; allowed are %sMODULE.lora_A.weight and lora_B.weight"
              .formatted(name, PREFIX));
    }
    return name.substring(
        name.startsWith(CAUSAL_PREFIX) ? CAUSAL_PREFIX.length() : PREFIX.length());
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
    public String sha256() {
      return source.sha256();
    }

    @Override
    public void close() {
      source.close();
    }
  }
}
