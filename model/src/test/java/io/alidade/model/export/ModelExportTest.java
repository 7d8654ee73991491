package io.alidade.model.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.AlidadeException;
import io.alidade.core.PromptTemplate;
import io.alidade.core.Prompts;
import io.alidade.core.TextInput;
import io.alidade.model.DecoderConfig;
import io.alidade.model.Models;
import io.alidade.model.TextEmbedder;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.backbone.BaseReference;
import io.alidade.model.backbone.FolderBackbone;
import io.alidade.model.config.GgufConfig;
import io.alidade.model.config.HuggingFaceConfig;
import io.alidade.model.decoder.Decoder;
import io.alidade.model.folder.EmbeddingSettings;
import io.alidade.model.folder.ModelContent;
import io.alidade.model.folder.ModelDescription;
import io.alidade.model.folder.ModelFolder;
import io.alidade.model.folder.ModelFolder.BaseCheck;
import io.alidade.model.folder.ModelFolderWriter;
import io.alidade.model.folder.Similarity;
import io.alidade.model.head.Pooling;
import io.alidade.model.head.TextPooling;
import io.alidade.model.lora.LoraConfig;
import io.alidade.model.tokenizer.SpecialTokens;
import io.alidade.model.tokenizer.Tokenizer;
import io.alidade.model.tokenizer.TokenizerJson;
import io.alidade.model.weights.GgufFile;
import io.alidade.model.weights.GgufType;
import io.alidade.model.weights.GgufWeights;
import io.alidade.model.weights.SafetensorsWriter;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.Golden;
import io.alidade.testkit.tiny.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelExportTest {
  private static final List<TextInput> TEXTS =
      List.of(
          TextInput.document("a text"),
          TextInput.query("Find it", "where is 12?"),
          TextInput.document(""));

  @TempDir Path temp;

  // --- every family, by the goldens of golden_gguf.py -------------------------------------------

  /// The golden file was laid out by gguf-py's names and llama.cpp's rules from the same weights.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama",
        "llama-bias",
        "llama3",
        "llama-factors",
        "llama-linear",
        "llama-yarn",
        "qwen2",
        "qwen3",
        "smollm3",
        "gemma",
        "gemma2",
        "gemma3",
        "gemma-embedding",
        "phi3",
        "phi3-longrope"
      })
  void gguf_ofEveryFamily_hasTheTensorsAndShapeOfTheGolden(String name) {
    Path golden = golden(name, "model.gguf");
    Path file = temp.resolve("own.gguf");
    try (ModelDescription model =
        family(name, golden(name, "config.json"), name.equals("phi3") ? 6 : 64)) {
      ModelExport.gguf(model, GgufType.F16, file);
    }
    try (GgufFile own = GgufFile.open(file);
        GgufFile expected = GgufFile.open(golden)) {
      assertThat(own.names()).containsExactlyInAnyOrderElementsOf(expected.names());
      for (String tensor : own.names()) {
        assertThat(own.shape(tensor)).as(tensor).isEqualTo(expected.shape(tensor));
        assertThat(own.type(tensor)).as(tensor).isEqualTo(expected.type(tensor));
        double[] found = own.values(tensor);
        double[] wanted = expected.values(tensor);
        for (int i = 0; i < wanted.length; i++) {
          assertThat(found[i]).as(tensor).isCloseTo(wanted[i], within(wanted[i]));
        }
      }
      assertThat(attentionOf(GgufConfig.read(own)))
          .isEqualTo(attentionOf(GgufConfig.read(expected)));
    }
  }

  /// Norms of Gemma have had 1 taken away and added again; factors of RoPE are computed anew.
  private static Offset<Double> within(double value) {
    return Offset.offset(1e-6 * Math.max(1, Math.abs(value)));
  }

  /// But for windows that no text is long enough for, which files of phi3 say in vain.
  private static Object attentionOf(DecoderConfig config) {
    return config.fusedMaps() ? config.attention().scale() : config.attention();
  }

  @ParameterizedTest
  @CsvSource({
    "gemma2, \"query_pre_attn_scalar\": 8, \"query_pre_attn_scalar\": 12, attention scale",
    "smollm3, \"no_rope_layer_interval\": 4, \"no_rope_layer_interval\": 2, layers with positions",
    "llama-linear, \"rope_type\": \"linear\", \"rope_type\": \"dynamic\", type \"dynamic\"",
    "llama-yarn, \"rope_type\": \"yarn\", \"rope_type\": \"yarn\"; \"beta_slow\": 2, betas 32.0 and"
        + " 2.0",
    "qwen3, \"attention_bias\": false, \"attention_bias\": true, biases of",
    "gemma, \"rms_norm_eps\": 1e-06, \"attention_bias\": true, biases of"
  })
  void gguf_ofWhatLlamaCppHasOtherwise_isRefusedByName(
      String name, String key, String other, String message) throws Exception {
    Path config = golden(name, "config.json");
    String json = Files.readString(config).replaceAll("\"no_rope_layers\": \\[[^]]*],", "");
    assertThat(json).contains(key);
    // Commas would end a column.
    Files.writeString(config, json.replace(key, other.replace(';', ',')));
    try (ModelDescription model = family(name, config, 6)) {
      assertThatThrownBy(() -> ModelExport.gguf(model, GgufType.F16, temp.resolve("own.gguf")))
          .isInstanceOf(AlidadeException.class)
          .hasMessageContaining("cannot be written to GGUF")
          .hasMessageContaining(message);
    }
    assertThat(temp.resolve("own.gguf")).doesNotExist();
  }

  /// Eight bits move a state, but not far.
  @Test
  void gguf_ofEightBits_hasNearStates() {
    Path half = temp.resolve("half.gguf");
    Path eight = temp.resolve("eight.gguf");
    try (ModelDescription model = family("llama", golden("llama", "config.json"), 64)) {
      ModelExport.gguf(model, GgufType.F16, half);
      ModelExport.gguf(model, GgufType.Q8_0, eight);
    }
    try (GgufFile file = GgufFile.open(eight)) {
      assertThat(file.type("token_embd.weight")).isEqualTo("Q8_0");
      assertThat(file.type("blk.0.attn_q.weight")).isEqualTo("Q8_0");
      assertThat(file.type("blk.0.attn_norm.weight")).isEqualTo("F32");
    }
    float[][] exact = {lastState(half)};
    float[][] rounded = {lastState(eight)};
    double cosine = leastProduct(exact, rounded) / (length(exact[0]) * length(rounded[0]));
    assertThat(cosine).isBetween(0.999, 0.999999);
  }

  private static double length(float[] vector) {
    return Math.sqrt(leastProduct(new float[][] {vector}, new float[][] {vector}));
  }

  private static float[] lastState(Path file) {
    GgufFile opened = GgufFile.open(file);
    try (var _ = TensorScope.open();
        var weights = new GgufWeights(opened);
        Decoder decoder = Decoder.load(GgufConfig.read(opened), weights, DType.FLOAT32)) {
      return decoder.lastStates(decoder.pack(List.of(new int[] {3, 9, 27, 5, 60}))).toFloats();
    }
  }

  /// llama.cpp takes the long ones by the length of its context.
  @Test
  void gguf_ofLongFactors_hasThemOnlyWhereTextsAreAsLong() {
    Path file = temp.resolve("own.gguf");
    try (ModelDescription model =
        family("phi3-longrope", golden("phi3-longrope", "config.json"), 16)) {
      assertThat(ModelExport.gguf(model, GgufType.F16, file).warnings()).isEmpty();
    }
    try (GgufFile own = GgufFile.open(file)) {
      assertThat(own.values("rope_factors_long.weight"))
          .isEqualTo(own.values("rope_factors_short.weight"));
    }
    try (ModelDescription model =
        family("phi3-longrope", golden("phi3-longrope", "config.json"), 17)) {
      assertThat(ModelExport.gguf(model, GgufType.F16, file).warnings())
          .singleElement()
          .asString()
          .contains("a context of at most 16 tokens");
    }
    try (GgufFile own = GgufFile.open(file)) {
      assertThat(own.values("rope_factors_long.weight"))
          .isNotEqualTo(own.values("rope_factors_short.weight"));
    }
  }

  /// llama.cpp leaves out the windows of phi3: texts must be no longer than they are wide.
  @Test
  void gguf_ofWindowNarrowerThanTexts_isRefused() {
    try (ModelDescription model = family("phi3", golden("phi3", "config.json"), 7)) {
      assertThatThrownBy(() -> ModelExport.gguf(model, GgufType.F16, temp.resolve("own.gguf")))
          .hasMessageContaining("attention windows is [6, 6], llama.cpp's architecture phi3 has");
    }
  }

  private Path golden(String name, String file) {
    return Golden.file("gguf/" + name + "/" + file, temp);
  }

  private ModelDescription family(String name, Path config, int maxTokens) {
    var weights = new GgufWeights(GgufFile.open(golden(name, "model.gguf")));
    return new ModelDescription(
        name,
        HuggingFaceConfig.read(config),
        "",
        letters(),
        weights,
        Optional.empty(),
        EmbeddingSettings.lastToken(maxTokens),
        Optional.empty(),
        List.of(),
        OptionalInt.empty(),
        Prompts.of(PromptTemplate.E5),
        Similarity.COSINE,
        Optional.empty(),
        List.of());
  }

  private static Tokenizer letters() {
    TokenizerJson json =
        TokenizerJson.parse(
            """
            {"added_tokens": [{"id": 0, "content": "<end>", "special": true, "lstrip": false,
                               "rstrip": false, "single_word": false, "normalized": false}],
             "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true,
                               "trim_offsets": true},
             "model": {"type": "BPE", "merges": [], "vocab": {"a": 1, "b": 2}}}
            """);
    return Tokenizer.of(json, SpecialTokens.endingWith(0));
  }

  // --- whole models ------------------------------------------------------------------------------

  private static final EmbeddingSettings SETTINGS = EmbeddingSettings.lastToken(48);

  private Backbone base() throws IOException {
    Path file = Files.write(temp.resolve("base.gguf"), TinyModel.gguf(1));
    return FolderBackbone.openGguf("tiny/model", "wheel tiny==1.0", file);
  }

  private ModelContent content(
      Backbone base, EmbeddingSettings settings, ModelContent.Weights weights) {
    return new ModelContent(
        "Tiny",
        base.config(),
        base.mergedConfig(),
        base.tokenizer(),
        settings,
        Optional.empty(),
        BaseReference.of(base),
        Optional.of("../manifest.json"),
        weights);
  }

  private Path merged(EmbeddingSettings settings) throws IOException {
    Path folder = temp.resolve("model");
    try (Backbone base = base()) {
      var items =
          base.weights().names().stream()
              .map(name -> SafetensorsWriter.Item.of(name, base.weights(), DType.FLOAT32))
              .toList();
      ModelFolderWriter.write(folder, content(base, settings, new ModelContent.Merged(items)));
    }
    return folder;
  }

  private Path adapter() throws IOException {
    Path folder = temp.resolve("adapter");
    String module = "layers.0.mlp.up_proj";
    try (Backbone base = base()) {
      var items =
          List.of(
              new SafetensorsWriter.Item(
                  module + ".lora_A.weight",
                  DType.FLOAT32,
                  List.of(2L, 8L),
                  () -> Tensor.normal(3, 1, DType.FLOAT32, 2, 8)),
              new SafetensorsWriter.Item(
                  module + ".lora_B.weight",
                  DType.FLOAT32,
                  List.of(16L, 2L),
                  () -> Tensor.normal(4, 1, DType.FLOAT32, 16, 2)));
      ModelFolderWriter.write(
          folder,
          content(base, SETTINGS, new ModelContent.Adapter(new LoraConfig(2, 4, 0), items)));
    }
    Files.writeString(folder.resolve("golden.json"), "{\"cases\": []}");
    return folder;
  }

  private ModelDescription open(Path folder) {
    return ModelFolder.open(
        folder,
        reference ->
            FolderBackbone.openGguf(
                reference.name(), reference.source(), temp.resolve("base.gguf")),
        BaseCheck.REQUIRE_SAME);
  }

  private float[][] vectors(Path folder) {
    try (TextEmbedder embedder = Models.load(open(folder))) {
      return embedder.embed(TEXTS);
    }
  }

  private static float[][] ggufVectors(Path file) {
    Backbone backbone = FolderBackbone.openGguf("tiny", "file", file);
    try (TextEmbedder embedder = Models.load(backbone, Pooling.LAST_TOKEN, 48)) {
      return embedder.embed(TEXTS);
    }
  }

  private static double leastProduct(float[][] left, float[][] right) {
    double least = 0;
    for (int i = 0; i < left.length; i++) {
      double product = 0;
      for (int j = 0; j < left[i].length; j++) {
        product += left[i][j] * right[i][j];
      }
      least = i == 0 ? product : Math.min(least, product);
    }
    return least;
  }

  @Test
  void gguf_ofAdapter_givesTheModelsVectorsAndNotTheBases() throws Exception {
    Path folder = adapter();
    Path file = temp.resolve("model.gguf");
    try (ModelDescription model = open(folder)) {
      ModelExport.Result result = ModelExport.gguf(model, GgufType.F16, file);
      assertThat(result.output()).isEqualTo(file);
      assertThat(result.warnings()).isEmpty();
    }
    assertThat(leastProduct(ggufVectors(file), vectors(folder))).isGreaterThan(0.9999);
    assertThat(leastProduct(ggufVectors(file), ggufVectors(temp.resolve("base.gguf"))))
        .isLessThan(0.99);
  }

  @Test
  void gguf_ofRowsThatAreNoBlocks_keepsHalves() throws Exception {
    Path folder = merged(SETTINGS);
    Path half = temp.resolve("half.gguf");
    Path eight = temp.resolve("eight.gguf");
    try (ModelDescription model = open(folder)) {
      ModelExport.gguf(model, GgufType.F16, half);
      ModelExport.gguf(model, GgufType.Q8_0, eight);
    }
    // Rows of 8 and 16 values are no blocks of 32, so that all stays in half precision.
    try (GgufFile file = GgufFile.open(eight)) {
      assertThat(file.type("blk.0.ffn_up.weight")).isEqualTo("F16");
      assertThat(file.type("blk.0.ffn_norm.weight")).isEqualTo("F32");
      assertThat(file.metadata().integer("general.file_type")).isEqualTo(7);
    }
    assertThat(leastProduct(ggufVectors(eight), vectors(folder))).isGreaterThan(0.9999);
  }

  @ParameterizedTest
  @CsvSource({"LAST_TOKEN, 3", "MEAN, 1", "CLS, 2"})
  void gguf_ofPooling_saysItsNumber(Pooling pooling, int number) throws Exception {
    var settings =
        new EmbeddingSettings(TextPooling.of(pooling), true, 48, PromptTemplate.E5, "", Map.of());
    Path file = temp.resolve("model.gguf");
    try (ModelDescription model = open(merged(settings))) {
      ModelExport.gguf(model, GgufType.F16, file);
    }
    try (Backbone again = FolderBackbone.openGguf("tiny", "file", file)) {
      assertThat(again.pooling()).contains(pooling);
    }
    try (GgufFile read = GgufFile.open(file)) {
      assertThat(read.metadata().integer("llama.pooling_type")).isEqualTo(number);
      assertThat(read.metadata().flag("tokenizer.ggml.add_eos_token")).isTrue();
      assertThat(read.metadata().text("tokenizer.ggml.pre")).isEqualTo("smollm");
      assertThat(read.metadata().text("general.description")).contains("Instruct: {instruction}");
    }
  }

  @Test
  void gguf_ofWhatItCannotHold_isRefusedByName() throws Exception {
    var settings =
        new EmbeddingSettings(
            TextPooling.of(Pooling.MAX), true, 48, PromptTemplate.E5, "", Map.of());
    Path folder = merged(settings);
    try (ModelDescription model = open(folder)) {
      assertThatThrownBy(() -> ModelExport.gguf(model, GgufType.F16, temp.resolve("x.gguf")))
          .hasMessageContaining("pools by max, which llama.cpp cannot");
      assertThatThrownBy(() -> ModelExport.gguf(model, GgufType.F16, temp))
          .hasMessageContaining("is a folder; a GGUF file is wanted");
    }
    Path sentenceTransformers = folder.resolve("config_sentence_transformers.json");
    String json = Files.readString(sentenceTransformers);
    Files.writeString(sentenceTransformers, json.replaceFirst("\\{", "{\"truncate_dim\": 4,"));
    try (ModelDescription model = open(folder)) {
      assertThatThrownBy(() -> ModelExport.gguf(model, GgufType.F16, temp.resolve("x.gguf")))
          .hasMessageContaining("cuts its vectors to 4 dimensions");
    }
  }

  @Test
  void sentenceTransformers_ofAdapter_isMergedWithTheSameVectors() throws Exception {
    Path folder = adapter();
    Path out = temp.resolve("merged");
    try (ModelDescription model = open(folder)) {
      ModelExport.sentenceTransformers(model, folder, out);
    }
    assertThat(out.resolve("adapter_config.json")).doesNotExist();
    assertThat(out.resolve("golden.json")).exists();
    try (ModelDescription model = open(out)) {
      assertThat(model.adapter()).isEmpty();
      assertThat(model.base().orElseThrow().name()).isEqualTo("tiny/model");
    }
    assertThat(leastProduct(vectors(out), vectors(folder))).isGreaterThan(0.999999);
  }

  @Test
  void peft_ofAdapter_isACopyWithoutOtherFiles() throws Exception {
    Path folder = adapter();
    Files.writeString(folder.resolve("notes.txt"), "mine");
    Path out = temp.resolve("copy");
    try (ModelDescription model = open(folder)) {
      ModelExport.peft(model, folder, out);
      assertThatThrownBy(() -> ModelExport.peft(model, folder, out))
          .hasMessageContaining("is not empty; choose another folder");
    }
    assertThat(out.resolve("notes.txt")).doesNotExist();
    assertThat(out.resolve("adapter_model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("adapter_model.safetensors"));
    assertThat(vectors(out)).isDeepEqualTo(vectors(folder));
  }

  @Test
  void peft_ofMergedModel_isRefused() throws Exception {
    Path folder = merged(SETTINGS);
    try (ModelDescription model = open(folder)) {
      assertThatThrownBy(() -> ModelExport.peft(model, folder, temp.resolve("copy")))
          .hasMessageContaining("is a merged model, out of which no adapter can be taken");
    }
  }
}
