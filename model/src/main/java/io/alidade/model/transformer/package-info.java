/// What decoders and encoders have in common: token ids packed without padding, attention over
/// them, linear maps with adapters, and [io.alidade.model.transformer.Transformer], which both are.
///
/// [io.alidade.model.transformer.PackedTokens] lays the token ids of many sequences one after the
/// other and shares their common prefixes where a model's states allow it;
/// [io.alidade.model.transformer.AttentionPlan] says which rows then meet in attention. Only
/// [io.alidade.model.transformer.Transformer], [io.alidade.model.transformer.TrainingPass] and what
/// they name are meant for users of the library; the rest is public for the packages `decoder` and
/// `encoder`.
///
/// Names of sizes: `rows` are packed tokens, `sequences` are texts, `heads`, `keyHeads` and
/// `headDim` are those of [io.alidade.model.transformer.AttentionHeads].
@NullMarked
package io.alidade.model.transformer;

import org.jspecify.annotations.NullMarked;
