/// Rotary position embedding: how far each pair of a head's values is turned at a position, and how
/// models stretch that beyond the length they were first trained at.
@NullMarked
package io.alidade.model.rope;

import org.jspecify.annotations.NullMarked;
