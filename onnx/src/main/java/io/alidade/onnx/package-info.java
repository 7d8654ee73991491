/// Encoders as ONNX: [io.alidade.onnx.OnnxEmbedder] runs them by ONNX Runtime behind core's
/// `Embedder`, [io.alidade.onnx.export.EncoderExport] writes them.
@NullMarked
package io.alidade.onnx;

import org.jspecify.annotations.NullMarked;
