/// Measures embeddings: [io.alidade.eval.EvaluationRunner] takes tasks (module `data`) and an
/// [io.alidade.eval.Evaluator], which is an embedder's ([io.alidade.eval.EmbeddingEvaluator]) or a
/// baseline ([io.alidade.eval.Bm25]), and writes result files that [io.alidade.eval.RunComparison]
/// compares, item by item, with bootstrapped intervals. No tensors here: vectors are plain arrays.
@NullMarked
package io.alidade.eval;

import org.jspecify.annotations.NullMarked;
