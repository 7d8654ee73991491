/// Where training examples come from: sources with their shares, instructions and limits
/// ([io.alidade.train.mixture.DataSource]), how their rows become pairs
/// ([io.alidade.train.mixture.Pairing]), and all of them together as one store that is larger than
/// memory may be ([io.alidade.train.mixture.Mixture]).
@NullMarked
package io.alidade.train.mixture;

import org.jspecify.annotations.NullMarked;
