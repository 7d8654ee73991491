/// Values every stage shares, and nothing heavier: the training [io.alidade.core.Example] and its
/// content id, the [io.alidade.core.Embedder] interface with its inputs, errors meant for people,
/// hashes, manifests and progress. Start at `Example` for the data and at `Embedder` for the model.
@NullMarked
package io.alidade.core;

import org.jspecify.annotations.NullMarked;
