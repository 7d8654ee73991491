/// Reads and writes the shape of a model: Hugging Face's `config.json` and the metadata of GGUF.
@NullMarked
package io.alidade.model.config;

import org.jspecify.annotations.NullMarked;
