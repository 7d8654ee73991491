/// Turns text into token ids with Hugging Face's tokenizer library.
///
/// [io.alidade.model.tokenizer.Tokenizer] appends the end-of-text token itself and cuts before it,
/// so that a model that is read at its last token always finds that token there.
@NullMarked
package io.alidade.model.tokenizer;

import org.jspecify.annotations.NullMarked;
