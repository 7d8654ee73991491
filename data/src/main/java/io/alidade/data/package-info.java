/// Readers and writers of training and evaluation data. [io.alidade.data.TrainingFile] turns every
/// supported training layout into core's examples; [io.alidade.data.TaskFolder] reads a folder or
/// file into an [io.alidade.data.EvaluationTask]. Both stand on [io.alidade.data.JsonLines], whose
/// errors name the file and line. Texts to embed and to search come through
/// [io.alidade.data.TextFile] and [io.alidade.data.Corpus]; vectors go into
/// [io.alidade.data.NpyFile]s, and what is bought line by line into [io.alidade.data.LineFile]s.
@NullMarked
package io.alidade.data;

import org.jspecify.annotations.NullMarked;
