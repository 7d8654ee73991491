/// From the states of a text's tokens to its vector: pooling, linear layers, normalisation.
@NullMarked
package io.alidade.model.head;

import org.jspecify.annotations.NullMarked;
