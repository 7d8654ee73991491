/// A small, readable [io.alidade.tensor.Tensor] over libtorch, and the only code that sees JavaCPP.
///
/// [io.alidade.tensor.LibTorch] prepares the process (threads, OpenMP, BLAS) before the native
/// library loads; [io.alidade.tensor.TensorScope] bounds the life of everything computed inside it.
/// Nothing here knows of language models: those build on it in `io.alidade.model`.
@NullMarked
package io.alidade.tensor;

import org.jspecify.annotations.NullMarked;
