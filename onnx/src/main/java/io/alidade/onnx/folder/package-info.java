/// What the files beside an encoder's weights, or beside its ONNX file, say of it.
@NullMarked
package io.alidade.onnx.folder;

import org.jspecify.annotations.NullMarked;
