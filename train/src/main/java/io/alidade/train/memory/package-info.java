/// How much memory a run takes: what a token costs, measured beforehand, and how many are therefore
/// computed at a time.
@NullMarked
package io.alidade.train.memory;

import org.jspecify.annotations.NullMarked;
