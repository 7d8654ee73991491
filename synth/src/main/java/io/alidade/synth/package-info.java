/// Synthetic training data with any LLM: the paper's kinds, prompts and mixture, within a budget
/// that cannot be overspent, continued to the same bytes after any kill. Start at
/// [io.alidade.synth.Generator]; a [io.alidade.synth.GenerateRecipe] says what to make.
///
/// Candidates are numbered. What candidate `i` asks for is a function of (seed, i)
/// ([io.alidade.synth.sampling]); it becomes one or two calls ([io.alidade.synth.llm]) that are
/// paid and recorded once ([io.alidade.synth.ledger]); its answer is judged
/// ([io.alidade.synth.filter]); and the first accepted ones in the order of their numbers are the
/// data set.
@NullMarked
package io.alidade.synth;

import org.jspecify.annotations.NullMarked;
