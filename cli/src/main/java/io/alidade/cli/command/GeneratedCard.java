package io.alidade.cli.command;

import io.alidade.data.TrainingDefaults;
import io.alidade.data.TrainingLayouts;
import io.alidade.data.dataset.DataCard;
import io.alidade.data.dataset.DataStatistics;
import io.alidade.data.dataset.ExampleReader;
import io.alidade.synth.GenerateRecipe;
import io.alidade.synth.Generator;
import io.alidade.synth.llm.LlmConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/// The data card of what `alidade generate` made: what the hub shows beside the data.
final class GeneratedCard {
  private GeneratedCard() {}

  /// Writes it unless there is one, which may have been written by hand.
  static void write(Path out, GenerateRecipe recipe) {
    if (Files.exists(out.resolve(DataCard.FILE_NAME))) {
      return;
    }
    String models =
        recipe.llms().stream().map(LlmConfig::model).distinct().collect(Collectors.joining(", "));
    DataStatistics statistics =
        DataStatistics.of(
            out.resolve(Generator.DATA_FILE),
            ExampleReader.detecting(TrainingDefaults.of("")),
            String::length,
            0);
    new DataCard(
            "Synthetic training data for text embeddings, written by %s.".formatted(models),
            statistics,
            TrainingLayouts.OWN.columns().sequencedKeySet(),
            Map.of("train", Generator.DATA_FILE))
        .write(out);
  }
}
