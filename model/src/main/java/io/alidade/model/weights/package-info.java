/// Where a model's weights come from: safetensors files and GGUF files, memory-mapped and read
/// tensor by tensor under one set of names.
///
/// Start at [io.alidade.model.weights.WeightSource]; its names and row order are those of Hugging
/// Face's `LlamaModel`, whatever the file calls its tensors.
@NullMarked
package io.alidade.model.weights;

import org.jspecify.annotations.NullMarked;
