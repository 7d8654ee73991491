/// Hard negatives: texts that a teacher finds near to a query without being its answer. A
/// [io.alidade.mine.Teacher] ranks documents, a [io.alidade.mine.MiningPolicy] says which of them
/// are taken, a [io.alidade.mine.NegativeCheck] may look at those again, and every document that
/// was looked at has its verdict on record. What a reranker says is kept by
/// [io.alidade.mine.KeptScores] until the work is done.
@NullMarked
package io.alidade.mine;

import org.jspecify.annotations.NullMarked;
