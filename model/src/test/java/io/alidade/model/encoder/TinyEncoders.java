package io.alidade.model.encoder;

import io.alidade.model.EncoderConfig;
import io.alidade.model.config.HuggingFaceConfig;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.testkit.Golden;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/// The small encoders of the goldens.
final class TinyEncoders {
  private TinyEncoders() {}

  static EncoderConfig config(String family, Path folder) {
    Path file = Golden.file("families/" + family + "/config.json", folder);
    return (EncoderConfig) HuggingFaceConfig.read(file);
  }

  static SafetensorsFile weights(String family, Path folder) {
    return SafetensorsFile.open(Golden.file("families/" + family + "/model.safetensors", folder));
  }

  /// Texts of several lengths.
  static List<int[]> texts() {
    return IntStream.of(3, 9, 1, 17, 9)
        .mapToObj(
            length -> IntStream.range(0, length).map(i -> 5 + (7 * i + length) % 40).toArray())
        .toList();
  }

  /// Weights of which one is changed.
  record Changed(WeightSource good, String name, Change change) implements WeightSource {
    enum Change {
      MISSING,
      LONGER,
      NOT_A_NUMBER
    }

    @Override
    public List<String> names() {
      return good.names();
    }

    @Override
    public long[] shape(String asked) {
      boolean changed = asked.equals(name);
      long[] shape = good.shape(changed && change == Change.MISSING ? "no " + name : asked);
      shape[0] += changed && change == Change.LONGER ? 1 : 0;
      return shape;
    }

    @Override
    public Tensor tensor(String asked, DType dtype) {
      Tensor tensor = good.tensor(asked, dtype);
      if (asked.equals(name)) {
        tensor.narrow(0, 0, 1).add(Double.NaN);
      }
      return tensor;
    }

    @Override
    public String sha256() {
      return good.sha256();
    }

    @Override
    public void close() {
      good.close();
    }
  }
}
