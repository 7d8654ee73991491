@NullMarked
package io.alidade.onnx;

import org.jspecify.annotations.NullMarked;
