/// What is minimised: losses over the vectors of a batch, each with its paper, its formula and its
/// gradient in closed form.
@NullMarked
package io.alidade.train.objective;

import org.jspecify.annotations.NullMarked;
