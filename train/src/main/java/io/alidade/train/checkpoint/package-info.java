/// The state of a run on disk: written aside and renamed, so that a kill leaves the one before.
@NullMarked
package io.alidade.train.checkpoint;

import org.jspecify.annotations.NullMarked;
