/// Readers and writers of training and evaluation data. [io.alidade.data.TrainingFile] turns every
/// supported training layout into core's examples; [io.alidade.data.TaskFolder] reads a folder or
/// file into an [io.alidade.data.EvaluationTask]. Both stand on [io.alidade.data.JsonLines], whose
/// errors name the file and line.
@NullMarked
package io.alidade.data;

import org.jspecify.annotations.NullMarked;
