package io.alidade.train;

import io.alidade.core.Example;
import io.alidade.core.PromptTemplate;
import io.alidade.core.TaskKind;
import io.alidade.model.DecoderConfig;
import io.alidade.model.decoder.Decoder;
import io.alidade.model.decoder.LinearMaps;
import io.alidade.model.head.Pooling;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.lora.LoraConfig;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.tensor.DType;
import io.alidade.testkit.Golden;
import io.alidade.train.batch.BatchConfig;
import io.alidade.train.checkpoint.CheckpointConfig;
import io.alidade.train.mixture.DataSource;
import io.alidade.train.objective.InfoNce;
import io.alidade.train.optimizer.OptimizerConfig;
import io.alidade.train.optimizer.Schedule;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// A decoder of two layers, a tokenizer of bytes and seeded examples: training in milliseconds.
final class TinyTraining {
  private static final DecoderConfig CONFIG =
      DecoderConfig.llama(2, 48, 6, 2, 8, 96, 260, 512, 10_000, 1e-5, true);
  private static final List<TaskKind> KINDS =
      List.of(TaskKind.SHORT_LONG, TaskKind.LONG_SHORT, TaskKind.STS);
  private static final int EOS = 2;
  private static final int FIRST_BYTE = 3;

  private TinyTraining() {}

  static Decoder decoder(Path scratch) {
    Path file = Golden.file("tiny-llama-step/step.safetensors", scratch);
    try (SafetensorsFile weights = SafetensorsFile.open(file)) {
      return Decoder.load(CONFIG, weights, DType.FLOAT32);
    }
  }

  static LoraAdapter adapter() {
    return LoraAdapter.initial(new LoraConfig(4, 8, 0), LinearMaps.of(CONFIG), DType.FLOAT32, 5);
  }

  static Trainer.Trainee trainee(Decoder decoder) {
    return new Trainer.Trainee(
        decoder,
        Pooling.LAST_TOKEN,
        PromptTemplate.E5,
        texts -> texts.stream().map(TinyTraining::ids).toList());
  }

  private static int[] ids(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int[] ids = new int[Math.min(bytes.length, 40) + 1];
    for (int i = 0; i < ids.length - 1; i++) {
      ids[i] = FIRST_BYTE + (bytes[i] & 0xff);
    }
    ids[ids.length - 1] = EOS;
    return ids;
  }

  static List<Example> examples(int count) {
    var random = new SplittableRandom(3);
    var examples = new ArrayList<Example>();
    for (int i = 0; i < count; i++) {
      TaskKind kind = KINDS.get(i % KINDS.size());
      examples.add(
          Example.of(
              kind,
              "en",
              "task " + i % 2,
              word(random) + i,
              word(random) + word(random),
              i % 4 == 0 ? List.of() : List.of(word(random)),
              Map.of("source", "test")));
    }
    return examples;
  }

  private static String word(SplittableRandom random) {
    var word = new StringBuilder();
    for (int i = random.nextInt(3, 9); i > 0; i--) {
      word.append((char) ('a' + random.nextInt(26)));
    }
    return word.toString();
  }

  static TrainRecipe recipe(int steps, double learningRate) {
    return new TrainRecipe(
        "tiny",
        List.of(DataSource.defaults()),
        InfoNce.defaults(),
        new Tuning.Lora(4, 8, 0),
        new BatchConfig(4, 1, BatchConfig.Homogeneous.KIND),
        new OptimizerConfig(learningRate, Schedule.LINEAR, 0.1, 0, 0.1, 0.9, 0.999, 1e-8, 1.0),
        Pooling.LAST_TOKEN,
        HeadConfig.PoolingOnly.defaults(),
        64,
        steps,
        1,
        4096,
        0,
        false,
        Precision.FP32,
        new CheckpointConfig(4, 0, 2),
        EvaluationConfig.defaults(),
        42);
  }
}
