import io.alidade.onnx.export.EncoderExport;
import java.nio.file.Path;

/// Writes the ONNX folder of each encoder folder, for `scripts/interop`:
/// `java --class-path … ExportOnnx.java OUT FOLDER…`
void main(String[] arguments) {
  for (int i = 1; i < arguments.length; i++) {
    Path model = Path.of(arguments[i]);
    EncoderExport.write(model, Path.of(arguments[0]).resolve(model.getFileName()));
  }
}
