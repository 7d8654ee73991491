/// Low-rank adapters: [io.alidade.model.lora.LoraAdapter] owns the trainable matrices of every
/// adapted linear map in one flat vector, with their gradients in another.
///
/// @see <a href="https://arxiv.org/abs/2106.09685">Hu et al., LoRA, 2021</a>
@NullMarked
package io.alidade.model.lora;

import org.jspecify.annotations.NullMarked;
