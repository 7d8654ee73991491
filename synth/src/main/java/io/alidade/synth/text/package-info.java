/// What filters and documents need to know of texts: their words, and whether two are nearly the
/// same.
@NullMarked
package io.alidade.synth.text;

import org.jspecify.annotations.NullMarked;
