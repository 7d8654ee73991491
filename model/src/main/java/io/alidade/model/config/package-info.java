/// Reads and writes the shape of a decoder: Hugging Face's `config.json` and the metadata of GGUF.
@NullMarked
package io.alidade.model.config;

import org.jspecify.annotations.NullMarked;
