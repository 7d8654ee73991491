/// From the folder of an encoder to a folder with its ONNX file:
/// [io.alidade.onnx.export.EncoderExport] is the way in.
///
/// Graphs are written down operation by operation, as transformers computes them, over the weights
/// under the names of their file; there is a class a family. Names of sizes are those of
/// `config.json`.
@NullMarked
package io.alidade.onnx.export;

import org.jspecify.annotations.NullMarked;
