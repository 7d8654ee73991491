/// ONNX models as values, and their file: [io.alidade.onnx.graph.GraphBuilder] collects nodes and
/// weights, [io.alidade.onnx.graph.ModelFile] writes them.
///
/// @see <a href="https://github.com/onnx/onnx/blob/main/docs/IR.md">The format's specification</a>
@NullMarked
package io.alidade.onnx.graph;

import org.jspecify.annotations.NullMarked;
