/// The Llama-family decoder: a packed forward pass without padding, and its gradient written out
/// layer by layer.
///
/// [io.alidade.model.decoder.Decoder] turns packed token ids into one hidden state a sequence;
/// [io.alidade.model.decoder.DecoderPass] does the same and can be run backwards into a
/// [io.alidade.model.lora.LoraAdapter]'s gradients.
///
/// Names of sizes, everywhere in this package: `rows` are packed tokens, `hidden`, `heads`,
/// `keyHeads`, `headDim` and `intermediate` are the configuration's, `sequences` are texts.
@NullMarked
package io.alidade.model.decoder;

import org.jspecify.annotations.NullMarked;
