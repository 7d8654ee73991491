package io.alidade.model.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.AlidadeException;
import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import io.alidade.core.PromptTemplate;
import io.alidade.core.Prompts;
import io.alidade.core.TextInput;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.backbone.BaseReference;
import io.alidade.model.backbone.FolderBackbone;
import io.alidade.model.head.Pooling;
import io.alidade.model.head.TextPooling;
import io.alidade.model.lora.LoraConfig;
import io.alidade.model.weights.SafetensorsWriter;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.Golden;
import io.alidade.testkit.tiny.TinyModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ModelFolderTest {
  private static final String QUERY = "layers.0.self_attn.q_proj";
  private static final BaseResolver NO_BASE =
      base -> {
        throw new AlidadeException("no base " + base.name());
      };

  private static final EmbeddingSettings SETTINGS =
      new EmbeddingSettings(
          TextPooling.LAST_TOKEN,
          true,
          48,
          PromptTemplate.E5,
          "Find \"it\"",
          Map.of("sts", "Retrieve semantically similar text."));

  @TempDir Path temp;

  private Backbone base(long seed) {
    try {
      Path file = Files.write(temp.resolve("base%d.gguf".formatted(seed)), TinyModel.gguf(seed));
      return FolderBackbone.openGguf("tiny/model", "wheel tiny==1.0", file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ModelContent content(Backbone base, ModelContent.Weights weights) {
    return new ModelContent(
        "Tiny",
        base.config(),
        base.mergedConfig(),
        base.tokenizer(),
        SETTINGS,
        Optional.empty(),
        BaseReference.of(base),
        Optional.of("../manifest.json"),
        weights);
  }

  private Path writeMerged() {
    Path folder = temp.resolve("model");
    try (Backbone base = base(1)) {
      var items =
          base.weights().names().stream()
              .map(name -> SafetensorsWriter.Item.of(name, base.weights(), DType.FLOAT32))
              .toList();
      ModelFolderWriter.write(folder, content(base, new ModelContent.Merged(items)));
    }
    return folder;
  }

  private Path writeAdapter() {
    Path folder = temp.resolve("adapter");
    try (Backbone base = base(1);
        var _ = TensorScope.open()) {
      var items =
          List.of(
              SafetensorsWriter.Item.of(
                  AdapterDescription.nameOfA(QUERY), Tensor.normal(1, 1, DType.FLOAT32, 2, 8)),
              SafetensorsWriter.Item.of(
                  AdapterDescription.nameOfB(QUERY), Tensor.normal(2, 1, DType.FLOAT32, 8, 2)));
      ModelFolderWriter.write(
          folder, content(base, new ModelContent.Adapter(new LoraConfig(2, 4, 0.1), items)));
    }
    return folder;
  }

  private static ModelDescription open(Path folder, BaseResolver resolver) {
    return ModelFolder.open(folder, resolver, ModelFolder.BaseCheck.REQUIRE_SAME);
  }

  @Test
  void open_adapterAsPickle_saysHowToConvertIt() throws Exception {
    Path folder = writeAdapter();
    Path pickle = folder.resolve("adapter_model.bin");
    Files.move(folder.resolve(AdapterFolder.WEIGHTS), pickle);
    assertThatThrownBy(() -> open(folder, NO_BASE).close())
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(pickle + ": is a pickle")
        .hasMessageContaining("AutoPeftModel");
  }

  @Test
  void open_ofWrittenModel_givesTheSame() {
    Path folder = writeMerged();
    try (ModelDescription model = open(folder, NO_BASE);
        Backbone base = base(1);
        var _ = TensorScope.open()) {
      assertThat(model.name()).isEqualTo("model");
      assertThat(model.config()).isEqualTo(base.config());
      assertThat(model.settings()).isEqualTo(SETTINGS);
      assertThat(model.adapter()).isEmpty();
      assertThat(model.base()).contains(BaseReference.of(base));
      assertThat(model.warnings()).isEmpty();
      assertThat(model.prompts().texts())
          .containsEntry("document", "")
          .containsEntry("query", "Instruct: Find \"it\"\nQuery: ")
          .containsEntry("sts", "Instruct: Retrieve semantically similar text.\nQuery: ");
      assertThat(model.tokenizer().encode("the 12", 48))
          .isEqualTo(base.tokenizer().encode("the 12", 48));
      for (String name : base.weights().names()) {
        assertThat(model.weights().tensor(name, DType.FLOAT32).toFloats())
            .isEqualTo(base.weights().tensor(name, DType.FLOAT32).toFloats());
      }
    }
  }

  @Test
  void write_model_hasEveryFileAndNoChatTemplate() throws Exception {
    Path folder = writeMerged();
    assertThat(folder.toFile().list())
        .containsExactlyInAnyOrder(
            "1_Pooling",
            "2_Normalize",
            "README.md",
            "alidade.json",
            "config.json",
            "config_sentence_transformers.json",
            "model.safetensors",
            "modules.json",
            "sentence_bert_config.json",
            "special_tokens_map.json",
            "tokenizer.json",
            "tokenizer_config.json");
    var json = JsonMapper.builder().build();
    var pooling = json.readTree(folder.resolve("1_Pooling/config.json").toFile());
    assertThat(pooling.path("pooling_mode_lasttoken").booleanValue()).isTrue();
    assertThat(pooling.path("pooling_mode_cls_token").isBoolean()).isTrue();
    assertThat(pooling.path("pooling_mode_mean_tokens").isBoolean()).isTrue();
    var tokenizer = json.readTree(folder.resolve("tokenizer_config.json").toFile());
    assertThat(tokenizer.has("chat_template")).isFalse();
    assertThat(tokenizer.path("eos_token").asString()).isEqualTo("<|im_end|>");
    assertThat(folder.resolve("modules.json"))
        .content()
        .contains("\"type\": \"sentence_transformers.models.Pooling\"");
    assertThat(folder.resolve("README.md"))
        .content()
        .contains("prompt=\"Instruct: Find \\\"it\\\"\\nQ");
  }

  @Test
  void open_ofWrittenAdapter_hasBaseAndMatrices() {
    Path folder = writeAdapter();
    try (ModelDescription model = open(folder, _ -> base(1))) {
      AdapterDescription adapter = model.adapter().orElseThrow();
      assertThat(adapter.config()).isEqualTo(new LoraConfig(2, 4, 0.1));
      assertThat(adapter.modules()).containsExactly(new AdapterDescription.Module(QUERY, 2));
      assertThat(adapter.weights().shape(AdapterDescription.nameOfB(QUERY))).containsExactly(8, 2);
      assertThat(model.weights().names()).contains("norm.weight");
      assertThat(model.warnings()).isEmpty();
    }
  }

  @Test
  void write_adapter_hasNoConfigThatWouldMakeItAWholeModel() {
    assertThat(writeAdapter().toFile().list())
        .contains("adapter_config.json", "adapter_model.safetensors", "modules.json")
        .doesNotContain("config.json", "model.safetensors");
  }

  @Test
  void open_adapterOverOtherWeights_isRefusedWithBothHashes() {
    Path folder = writeAdapter();
    try (Backbone right = base(1);
        Backbone wrong = base(2)) {
      assertThatThrownBy(() -> open(folder, _ -> base(2)).close())
          .isInstanceOf(AlidadeException.class)
          .hasMessageContaining(right.sha256())
          .hasMessageContaining(wrong.sha256());
      try (var model = ModelFolder.open(folder, _ -> base(2), ModelFolder.BaseCheck.ALLOW_OTHER)) {
        assertThat(model.warnings()).singleElement().asString().contains(wrong.sha256());
      }
    }
  }

  @Test
  void open_adapterOfCausalModel_hasTheSameNames() throws Exception {
    Path folder = writeAdapter();
    rewrite(folder, "base_model.model.model.");
    try (ModelDescription model = open(folder, _ -> base(1))) {
      assertThat(model.adapter().orElseThrow().modules())
          .containsExactly(new AdapterDescription.Module(QUERY, 2));
    }
  }

  @Test
  void open_adapterWithOtherTensors_isRefusedByName() throws Exception {
    Path folder = writeAdapter();
    rewrite(folder, "other.");
    assertThatThrownBy(() -> open(folder, _ -> base(1)).close())
        .hasMessageContaining("tensor \"other.layers.0.self_attn.q_proj.lora_A.weight\"");
  }

  private static void rewrite(Path folder, String prefix) {
    try (var _ = TensorScope.open()) {
      SafetensorsWriter.write(
          folder.resolve("adapter_model.safetensors"),
          List.of(
              SafetensorsWriter.Item.of(
                  prefix + QUERY + ".lora_A.weight", Tensor.zeros(DType.FLOAT32, 2, 8)),
              SafetensorsWriter.Item.of(
                  prefix + QUERY + ".lora_B.weight", Tensor.zeros(DType.FLOAT32, 8, 2))));
    }
  }

  @Test
  void open_adapterWithUnsupportedFeature_isRefusedByName() throws Exception {
    Path folder = writeAdapter();
    Path file = folder.resolve("adapter_config.json");
    String good = Files.readString(file);
    var features =
        Map.of(
            "\"use_dora\": false", "\"use_dora\": true",
            "\"lora_bias\": false", "\"lora_bias\": true",
            "\"rank_pattern\": {}", "\"rank_pattern\": {\"q_proj\": 4}",
            "\"bias\": \"none\"", "\"bias\": \"all\"",
            "\"layer_replication\": null", "\"layer_replication\": [[0, 1]]",
            "\"init_lora_weights\": true", "\"init_lora_weights\": \"pissa\"",
            "\"peft_type\": \"LORA\"", "\"peft_type\": \"IA3\"",
            "\"r\": 2", "\"r\": 3");
    for (var feature : features.entrySet()) {
      assertThat(good).contains(feature.getKey());
      Files.writeString(file, good.replace(feature.getKey(), feature.getValue()));
      assertThatThrownBy(() -> open(folder, _ -> base(1)).close())
          .as(feature.getValue())
          .isInstanceOf(DataException.class);
    }
  }

  @Test
  void open_adapterBesideItsBase_needsNoResolver() throws Exception {
    writeMerged();
    Path folder = writeAdapter();
    Files.delete(folder.resolve("alidade.json"));
    Path file = folder.resolve("adapter_config.json");
    Files.writeString(file, Files.readString(file).replace("\"tiny/model\"", "\"../model\""));
    try (ModelDescription model = open(folder, NO_BASE)) {
      assertThat(model.adapter()).isPresent();
      assertThat(model.settings().maxTokens()).isEqualTo(48);
    }
  }

  @Test
  void open_plainTransformersFolder_poolsTheLastTokenAndSaysSo() throws Exception {
    Path folder = writeMerged();
    Files.delete(folder.resolve("modules.json"));
    Files.delete(folder.resolve("alidade.json"));
    try (ModelDescription model = open(folder, NO_BASE)) {
      assertThat(model.settings().pooling()).isEqualTo(TextPooling.LAST_TOKEN);
      assertThat(model.warnings()).singleElement().asString().contains("has no modules.json");
    }
  }

  @Test
  void open_poolingOfNewSentenceTransformers_isRead() throws Exception {
    Path folder = writeMerged();
    Files.delete(folder.resolve("alidade.json"));
    Path file = folder.resolve("1_Pooling/config.json");
    Files.writeString(
        file, "{\"embedding_dimension\": 8, \"pooling_mode\": \"mean\", \"include_prompt\": true}");
    try (ModelDescription model = open(folder, NO_BASE)) {
      assertThat(model.settings().pooling()).isEqualTo(TextPooling.of(Pooling.MEAN));
    }
    Files.writeString(file, "{\"pooling_mode\": [\"cls\", \"median\"]}");
    assertThatThrownBy(() -> open(folder, NO_BASE).close())
        .hasMessageContaining("pooling \"median\" is not supported; cls, max, mean,");
    Files.writeString(file, "{\"pooling_mode_median\": true}");
    assertThatThrownBy(() -> open(folder, NO_BASE).close())
        .hasMessageContaining("pooling \"median\" is not supported");
  }

  @Test
  void open_textsMadeLowerCaseOutsideTheTokenizer_isRefused() {
    Golden.sentenceTransformers("mean", temp);
    AtomicFiles.writeText(
        temp.resolve("sentence_bert_config.json"),
        "{\"max_seq_length\": 16, \"do_lower_case\": true}");
    assertRefused(temp, "add a Lowercase normalizer");
  }

  @Test
  void open_foreignFolder_hasItsPromptsAndLength() {
    Golden.sentenceTransformers("mean", temp);
    AtomicFiles.writeText(
        temp.resolve("config_sentence_transformers.json"),
        """
        {"prompts": {"query": "Instruct: Find it\\nQuery:", "sts": "Same: "},
         "default_prompt_name": "sts", "similarity_fn_name": "euclidean"}
        """);
    try (ModelDescription model = open(temp, NO_BASE)) {
      assertThat(model.settings().maxTokens()).isEqualTo(64);
      assertThat(model.similarity()).isEqualTo(Similarity.EUCLIDEAN);
      Prompts prompts = model.prompts();
      assertThat(prompts.template().render(prompts.query("x")))
          .isEqualTo("Instruct: Find it\nQuery:x");
      assertThat(prompts.template().render(TextInput.query("Do", "x")))
          .isEqualTo("Instruct: Do\nQuery:x");
      assertThat(prompts.plain("x")).isEqualTo(TextInput.prompted("Same: ", "x"));
    }
    AtomicFiles.writeText(
        temp.resolve("config_sentence_transformers.json"), "{\"default_prompt_name\": \"sts\"}");
    assertRefused(temp, "the default prompt \"sts\" is none of []");
    AtomicFiles.writeText(
        temp.resolve("config_sentence_transformers.json"), "{\"similarity_fn_name\": \"dott\"}");
    assertRefused(temp, "\"similarity_fn_name\" is \"dott\"; known are cosine, dot, euclidean");
  }

  @Test
  void load_denseWithResidual_isRefusedByName() throws Exception {
    Golden.sentenceTransformers("dense", temp);
    Path file = temp.resolve("2_Dense/config.json");
    Files.writeString(file, Files.readString(file).replace("{", "{\"use_residual\": true,"));
    try (ModelDescription model = open(temp, NO_BASE)) {
      assertThatThrownBy(model::loadHead)
          .hasMessageContaining("2_Dense/config.json: \"use_residual\": true is not supported");
    }
  }

  @Test
  void open_transformerInAFolderOfItsOwn_isRead() throws Exception {
    Golden.sentenceTransformers("legacy", temp);
    Path own = Files.createDirectory(temp.resolve("0_Transformer"));
    for (String name :
        List.of(
            "config.json",
            "model.safetensors",
            "tokenizer.json",
            "tokenizer_config.json",
            "sentence_bert_config.json")) {
      Files.move(temp.resolve(name), own.resolve(name));
    }
    Path modules = temp.resolve("modules.json");
    Files.writeString(
        modules,
        Files.readString(modules).replaceFirst("\"path\": \"\"", "\"path\": \"0_Transformer\""));
    try (ModelDescription model = open(temp, NO_BASE)) {
      assertThat(model.settings().maxTokens()).isEqualTo(64);
      assertThat(model.settings().pooling()).isEqualTo(TextPooling.of(Pooling.WEIGHTED_MEAN));
    }
  }

  @Test
  void open_withChatTemplate_warns() throws Exception {
    Path folder = writeMerged();
    Files.writeString(folder.resolve("chat_template.jinja"), "{{ messages }}");
    try (ModelDescription model = open(folder, NO_BASE)) {
      assertThat(model.warnings()).singleElement().asString().contains("has a chat template");
    }
  }

  @Test
  void open_comparedByDotProduct_warnsThatLengthsAreLost() throws Exception {
    Path folder = writeMerged();
    Path modules = folder.resolve("modules.json");
    String text = Files.readString(modules);
    Files.writeString(modules, text.substring(0, text.lastIndexOf(",\n  {")) + "]");
    Files.writeString(
        folder.resolve("config_sentence_transformers.json"), "{\"similarity_fn_name\": \"dot\"}");
    try (ModelDescription model = open(folder, NO_BASE)) {
      assertThat(model.warnings()).singleElement().asString().contains("by dot");
    }
  }

  @Test
  void open_tokenizerOfAnotherModel_isRefusedWithBothSizes() throws Exception {
    Path folder = writeMerged();
    Path file = folder.resolve("tokenizer.json");
    var json = (ObjectNode) JsonMapper.shared().readTree(file);
    ((ObjectNode) json.path("model").path("vocab")).put("beyond", 500);
    Files.writeString(file, json.toString());
    assertThatThrownBy(() -> open(folder, NO_BASE).close())
        .isInstanceOf(AlidadeException.class)
        .hasMessageContaining("the tokenizer has ids up to 500, the embedding matrix has 104 rows");
  }

  @Test
  void open_badFolders_areRefusedWithWhatIsMissing() throws Exception {
    assertRefused(temp.resolve("none"), "is no folder");
    assertRefused(
        Files.createDirectory(temp.resolve("empty")), "neither modules.json, config.json");
    Path folder = writeMerged();
    spoil(folder, "modules.json", "[{\"type\": \"x.Conv\", \"path\": \"2_Conv\"}]", "\"x.Conv\"");
    spoil(folder, "modules.json", "[{\"type\": \"x.Pooling\", \"path\": \"../..\"}]", "leads out");
    spoil(
        folder,
        "modules.json",
        "[{\"type\": \"x.Dense\", \"path\": \"2_Dense\"}]",
        "Dense is supported between Pooling and Normalize only");
    spoil(folder, "modules.json", "{}", "is no list of modules");
    spoil(folder, "alidade.json", "{\"format\": 9}", "has format 9; this version");
    spoil(folder, "tokenizer.json", "{}", "no tokenizer");
    spoil(
        folder,
        "config.json",
        "{\"model_type\": \"mamba\"}",
        "\"mamba\"; supported are llama, mistral");
    Files.delete(folder.resolve("model.safetensors"));
    assertRefused(folder, "model.safetensors: no such file");
  }

  private static void spoil(Path folder, String name, String content, String reason)
      throws IOException {
    Path file = folder.resolve(name);
    String good = Files.readString(file);
    Files.writeString(file, content);
    assertRefused(folder, reason);
    Files.writeString(file, good);
  }

  private static void assertRefused(Path folder, String reason) {
    assertThatThrownBy(() -> open(folder, NO_BASE).close())
        .isInstanceOf(DataException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining(reason);
  }

  @Test
  void golden_writtenAndRead_isTheSame() {
    var cases =
        List.of(
            GoldenCase.of(
                TextInput.query("Find it", "x"),
                "Instruct: Find it\nQuery: x",
                new float[] {1, .1f}),
            GoldenCase.of(TextInput.document("größe"), "größe", new float[] {0, 1e-7f}));
    GoldenCase.writeAll(temp, cases);
    assertThat(GoldenCase.readAll(temp)).isEqualTo(cases);
    assertThat(temp.resolve("golden.json")).content().contains("\"instruction\": null");
  }
}
