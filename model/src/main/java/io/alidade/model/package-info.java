/// Language models as embedders: [io.alidade.model.Models] loads what a folder or library
/// describes, and [io.alidade.model.TextEmbedder] runs it.
@NullMarked
package io.alidade.model;

import org.jspecify.annotations.NullMarked;
