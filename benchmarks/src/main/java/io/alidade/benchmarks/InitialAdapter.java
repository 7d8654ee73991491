package io.alidade.benchmarks;

import io.alidade.core.recipe.Recipe;
import io.alidade.model.TextEmbedder;
import io.alidade.model.folder.AdapterDescription;
import io.alidade.model.head.Pooling;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.weights.SafetensorsWriter;
import io.alidade.tensor.TensorScope;
import io.alidade.train.TrainRecipe;
import io.alidade.train.Tuning;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Writes the adapter that a recipe's training starts from, under PEFT's names, so that the plain
/// PyTorch loop can start from the same numbers: `plain_loop.py --initial-adapter`.
///
/// Arguments: GGUF or model folder, recipe, file to write, then `--set` overrides.
public final class InitialAdapter {
  private static final String PEFT_PREFIX = "base_model.model.";

  private InitialAdapter() {}

  public static void main(String[] arguments) {
    List<String> all = List.of(arguments);
    TrainRecipe recipe =
        Recipe.read(TrainRecipe.class, Path.of(all.get(1)), all.subList(3, all.size())).settings();
    try (TextEmbedder model =
            Backbones.open(Path.of(all.get(0)), Pooling.LAST_TOKEN, recipe.maxTokens());
        LoraAdapter lora =
            ((Tuning.Lora) recipe.tuning()).initial(model.transformer(), recipe.seed());
        var _ = TensorScope.open()) {
      var items = new ArrayList<SafetensorsWriter.Item>();
      lora.storedMatrices()
          .forEach(
              (module, matrices) -> {
                items.add(
                    SafetensorsWriter.Item.of(
                        PEFT_PREFIX + AdapterDescription.nameOfA(module),
                        matrices.a().contiguous()));
                items.add(
                    SafetensorsWriter.Item.of(
                        PEFT_PREFIX + AdapterDescription.nameOfB(module),
                        matrices.b().contiguous()));
              });
      SafetensorsWriter.write(Path.of(all.get(2)), items);
    }
  }
}
