/// The Java side of the side-by-side measurements; `benchmarks/run` calls both sides in turn.
@NullMarked
package io.alidade.benchmarks;

import org.jspecify.annotations.NullMarked;
