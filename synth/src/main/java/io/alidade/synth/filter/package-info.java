/// Which answers become training examples. [io.alidade.synth.filter.Examiner] judges an answer by
/// itself, on any thread; [io.alidade.synth.filter.Duplicates] judges it beside those accepted
/// before it, in the order of the candidates.
@NullMarked
package io.alidade.synth.filter;

import org.jspecify.annotations.NullMarked;
