package io.alidade.train;

import io.alidade.core.Annotation;
import io.alidade.core.TextInput;
import io.alidade.model.ComputeTypes;
import io.alidade.model.DecoderConfig;
import io.alidade.model.Models;
import io.alidade.model.TransformerConfig;
import io.alidade.model.config.HuggingFaceConfig;
import io.alidade.model.head.Pooling;
import io.alidade.model.lora.LoraAdapter.Matrices;
import io.alidade.model.transformer.FullWeights;
import io.alidade.model.transformer.Transformer;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.testkit.Golden;
import io.alidade.train.objective.Relation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// A model of `testkit/scripts/golden_tuning.py` with its batch.
record TinyTuning(SafetensorsFile golden, Transformer transformer, JsonNode description)
    implements AutoCloseable {

  /// @param model `llama` or `bert`
  static TinyTuning open(String model, ComputeTypes types, Path folder) {
    JsonNode description = Golden.json("tuning/batch.json").get(model);
    SafetensorsFile golden =
        SafetensorsFile.open(Golden.file("tuning/" + model + ".safetensors", folder));
    try {
      Path file =
          Files.writeString(folder.resolve("config.json"), description.get("config").toString());
      TransformerConfig config = HuggingFaceConfig.read(file);
      return new TinyTuning(golden, Models.transformer(config, golden, types), description);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Pooling pooling() {
    return transformer.config() instanceof DecoderConfig ? Pooling.LAST_TOKEN : Pooling.MEAN;
  }

  ContrastiveStep.Ids ids() {
    JsonNode ids = description.get("ids");
    List<int[]> candidates = new ArrayList<>(sequences(ids.get("positive")));
    candidates.addAll(sequences(ids.get("negative")));
    return new ContrastiveStep.Ids(sequences(ids.get("query")), candidates, relation());
  }

  /// Three examples with a negative each.
  private static Relation relation() {
    var queries = new ArrayList<Relation.Source>();
    var candidates = new ArrayList<Relation.Source>();
    for (int i = 0; i < 6; i++) {
      candidates.add(new Relation.Source(i % 3, TextInput.document("d" + i), ""));
    }
    for (int i = 0; i < 3; i++) {
      queries.add(new Relation.Source(i, TextInput.query("", "q" + i), ""));
    }
    return new Relation(queries, candidates, Collections.nCopies(3, Annotation.NONE));
  }

  private static List<int[]> sequences(JsonNode texts) {
    return texts
        .valueStream()
        .map(text -> text.valueStream().mapToInt(JsonNode::intValue).toArray())
        .toList();
  }

  /// PEFT's matrices of some maps.
  Map<String, Matrices> lora() {
    var matrices = new LinkedHashMap<String, Matrices>();
    for (String name : golden.names()) {
      if (name.startsWith("lora.") && name.endsWith(".A")) {
        String stem = name.substring(0, name.length() - ".A".length());
        matrices.put(
            stem.substring("lora.".length()),
            new Matrices(
                golden.tensor(name, DType.FLOAT64), golden.tensor(stem + ".B", DType.FLOAT64)));
      }
    }
    return matrices;
  }

  /// The gradients as the weights are written, in whose place they are put.
  Map<String, Tensor> byName(FullWeights weights) {
    List<Tensor> gradients = weights.gradientVectors();
    for (int i = 0; i < gradients.size(); i++) {
      weights.vectors().get(i).copyFrom(gradients.get(i));
    }
    return transformer.weights();
  }

  @Override
  public void close() {
    transformer.close();
    golden.close();
  }
}
