/// Reads and writes model folders: the sentence-transformers layout, merged or as a PEFT adapter,
/// with `alidade.json` and `golden.json` beside it.
///
/// [io.alidade.model.folder.ModelFolder] opens any such folder as a
/// [io.alidade.model.folder.ModelDescription]; [io.alidade.model.folder.ModelFolderWriter] makes
/// one that sentence-transformers 2 to 6, text-embeddings-inference, vLLM and llama.cpp's converter
/// all read alike.
@NullMarked
package io.alidade.model.folder;

import org.jspecify.annotations.NullMarked;
