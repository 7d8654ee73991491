/// Sends the curves of a training run to a tracking server, beside the training and never in its
/// way: [io.alidade.cli.tracking.MlflowTracking] reads the run's own logs and remembers in the
/// run's folder what the server has.
@NullMarked
package io.alidade.cli.tracking;

import org.jspecify.annotations.NullMarked;
