/// Which examples meet in a step, and the texts and candidates of such a batch. Order and every
/// choice are functions of (seed, epoch, example id).
@NullMarked
package io.alidade.train.batch;

import org.jspecify.annotations.NullMarked;
