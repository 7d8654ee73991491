package io.alidade.train.mixture;

/// Where an example stands.
///
/// @param source the number of its source
/// @param start where its row begins, as [io.alidade.data.IndexedRows] has it
/// @param line the number of its line or row, from 1
/// @param inRow which of the row's examples it is, from 0
record Place(int source, long start, int line, int inRow) {}
