/// Follows one training example through folders: [io.alidade.core.lineage.Lineage#walk] finds it in
/// the data of a training run, the steps that used it, the model that came out and the scores
/// measured on that model. It reads files only, those that every stage writes anyway.
@NullMarked
package io.alidade.core.lineage;

import org.jspecify.annotations.NullMarked;
