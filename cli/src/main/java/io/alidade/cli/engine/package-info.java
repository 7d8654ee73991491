/// What the commands need done, as small interfaces: opening a model, training, the quickstart. The
/// command line's tests put fakes behind them.
@NullMarked
package io.alidade.cli.engine;

import org.jspecify.annotations.NullMarked;
