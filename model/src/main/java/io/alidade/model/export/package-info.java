/// Writes embedding models for other tools: GGUF files for llama.cpp, merged folders for
/// sentence-transformers, adapters for PEFT.
///
/// [io.alidade.model.export.ModelExport] does it all; what a target cannot hold is refused by name
/// before anything is written.
@NullMarked
package io.alidade.model.export;

import org.jspecify.annotations.NullMarked;
