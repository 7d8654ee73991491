/// What is done with whole files of training examples, one row in memory at a time:
/// [io.alidade.data.dataset.Conversion] writes them in another layout,
/// [io.alidade.data.dataset.Validation] finds every broken row, [io.alidade.data.dataset.DataSplit]
/// sets some aside without leaks, [io.alidade.data.dataset.DataStatistics] counts, and
/// [io.alidade.data.dataset.DataCard] tells a hub what they are.
@NullMarked
package io.alidade.data.dataset;

import org.jspecify.annotations.NullMarked;
