/// Encoders published as ONNX, run by ONNX Runtime behind core's `Embedder`. They are what a user
/// could take off the shelf, so tuned models are compared with them.
@NullMarked
package io.alidade.onnx;

import org.jspecify.annotations.NullMarked;
