/// Contrastive LoRA training: [io.alidade.train.Trainer] takes examples through
/// [io.alidade.train.batch.BatchPlan] (which examples meet in a step),
/// [io.alidade.train.ContrastiveStep] (texts → vectors → loss → gradient) and
/// [io.alidade.train.optimizer.AdamW]; [io.alidade.train.TrainingRun] does so in a folder, with
/// log, checkpoints and resume.
@NullMarked
package io.alidade.train;

import org.jspecify.annotations.NullMarked;
