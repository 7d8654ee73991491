/// Encoders of BERT's kind: every token sees all of its text.
///
/// [io.alidade.model.encoder.Encoder] is embeddings and a row of
/// [io.alidade.model.encoder.EncoderBlock]s, two a layer: in one rows meet in attention, in the
/// other each passes a function alone ([io.alidade.model.encoder.Mixer]).
/// [io.alidade.model.encoder.EncoderPass] does the same and can be run backwards into a
/// [io.alidade.model.lora.LoraAdapter]'s gradients. What differs between BERT, RoBERTa and
/// ModernBERT is values of [io.alidade.model.EncoderConfig].
@NullMarked
package io.alidade.model.encoder;

import org.jspecify.annotations.NullMarked;
