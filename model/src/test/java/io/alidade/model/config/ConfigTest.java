package io.alidade.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import io.alidade.model.DecoderConfig;
import io.alidade.model.EncoderConfig;
import io.alidade.model.EncoderConfig.FeedForward;
import io.alidade.model.EncoderConfig.LearnedPositions;
import io.alidade.model.LayerAttention;
import io.alidade.model.rope.RopeConfig;
import io.alidade.model.transformer.Activation;
import io.alidade.model.weights.GgufFile;
import io.alidade.testkit.tiny.GgufBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTest {
  private static final DecoderConfig SMOLLM2 =
      DecoderConfig.llama(30, 576, 9, 3, 64, 1536, 49152, 8192, 100_000, 1e-5, true);

  @TempDir Path folder;

  private Path config(String json) throws IOException {
    return Files.writeString(folder.resolve("config.json"), json);
  }

  /// What is made of a GGUF file's metadata, for a model folder.
  private String written(OptionalInt bos) {
    Path path = folder.resolve("model.gguf");
    smollm2().write(path);
    try (var file = GgufFile.open(path)) {
      return MergedConfig.of(GgufConfig.json(file), bos, 2);
    }
  }

  @Test
  void read_ofWritten_givesTheSame() throws Exception {
    Path file = config(written(OptionalInt.of(1)));
    assertThat(HuggingFaceConfig.read(file)).isEqualTo(SMOLLM2);
    assertThat(file)
        .content()
        .contains("\"LlamaModel\"")
        .contains("\"bos_token_id\" : 1", "\"eos_token_id\" : 2", "\"pad_token_id\" : 2");
  }

  @Test
  void read_absentKeys_takeTheLibrarysDefaults() throws Exception {
    Path file =
        config(
            """
            {"model_type": "llama", "hidden_size": 64, "num_attention_heads": 4, "head_dim": null,
             "num_hidden_layers": 2, "intermediate_size": 128, "vocab_size": 100}
            """);
    assertThat(HuggingFaceConfig.read(file))
        .isEqualTo(DecoderConfig.llama(2, 64, 4, 4, 16, 128, 100, 2048, 10_000, 1e-6, false));
  }

  @Test
  void read_transformers5Config_findsTheTheta() throws Exception {
    Path file =
        config(
            written(OptionalInt.empty())
                .replace(
                    "\"rope_theta\" : 100000.0",
                    "\"rope_parameters\": {\"rope_theta\": 5e5, \"rope_type\": \"default\"}"));
    assertThat(((DecoderConfig) HuggingFaceConfig.read(file)).ropes())
        .containsExactly(RopeConfig.plain(500_000, SMOLLM2.headDim()));
  }

  /// As transformers 5 does for every decoder.
  @Test
  void read_modelThatIsNotCausal_seesBothSides() throws Exception {
    String causal = written(OptionalInt.empty());
    var config =
        (DecoderConfig)
            HuggingFaceConfig.read(config(causal.replaceFirst("\\{", "{\"is_causal\": false,")));
    assertThat(config.attention().causal()).isFalse();
    assertThat(config.sharesPrefixes()).isFalse();
    String both = "{\"is_causal\": false, \"use_bidirectional_attention\": true,";
    Path gemma = config(causal.replace("\"llama\"", "\"gemma3_text\"").replaceFirst("\\{", both));
    assertThatThrownBy(() -> HuggingFaceConfig.read(gemma))
        .hasMessageContaining("they mean different windows, leave one out");
  }

  @ParameterizedTest
  @CsvSource({"smollm3, no_rope_layer_interval", "gemma3_text, sliding_window_pattern"})
  void read_intervalOfNoLayers_isRefused(String family, String key) throws Exception {
    String json =
        written(OptionalInt.empty())
            .replace("\"llama\"", "\"" + family + "\"")
            .replaceFirst("\\{", "{\"sliding_window\": 8, \"" + key + "\": 0,");
    Path file = config(json);
    assertThatThrownBy(() -> HuggingFaceConfig.read(file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("\"" + key + "\" is 0; at least 1");
  }

  @Test
  void read_whatIsNotImplemented_isRefusedByName() throws Exception {
    Map<String, String> refusals =
        Map.of(
            "\"model_type\": \"mamba\"",
                "\"model_type\" is \"mamba\"; supported are llama, mistral",
            "\"hidden_act\": \"gelu\"", "\"hidden_act\" is \"gelu\"; supported are silu and",
            "\"quantization_config\": {}", "\"quantization_config\" is not supported",
            "\"rope_scaling\": {\"type\": \"spiral\"}", "type \"spiral\" is not supported",
            "\"rope_parameters\": {\"rope_type\": \"llama3\"}", "RoPE needs \"factor\"",
            "\"hidden_size\": \"wide\"", "\"hidden_size\" is \"wide\", not an integer",
            "\"num_hidden_layers\": 0", "layers is 0; it must be at least 1",
            "\"num_key_value_heads\": 2", "heads 9 is no multiple of keyHeads 2");
    String good = written(OptionalInt.empty());
    for (var refusal : refusals.entrySet()) {
      String key = refusal.getKey().substring(0, refusal.getKey().indexOf(':'));
      String other = good.replaceAll(key + " : [^\\n,]+,\\n", "");
      Path file = config(other.replaceFirst("\\{", "{" + refusal.getKey() + ","));
      assertThatThrownBy(() -> HuggingFaceConfig.read(file))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("config.json")
          .hasMessageContaining(refusal.getValue());
    }
  }

  private static final String BERT =
      """
      {"model_type": "bert", "hidden_size": 24, "num_attention_heads": 2, "num_hidden_layers": 3,
       "intermediate_size": 40, "vocab_size": 48}
      """;

  private EncoderConfig encoder(String json) throws IOException {
    return (EncoderConfig) HuggingFaceConfig.read(config(json));
  }

  @Test
  void read_absentKeysOfEncoders_takeTheLibrarysDefaults() throws Exception {
    EncoderConfig bert = encoder(BERT);
    assertThat(bert.positions()).hasValue(new LearnedPositions(512, 0));
    assertThat(bert.tokenLimit()).hasValue(512);
    assertThat(bert.padding()).hasValue(0);
    assertThat(bert.tokenTypes()).isEqualTo(2);
    assertThat(bert.feedForward()).isEqualTo(new FeedForward(Activation.GELU, false, true));
    assertThat(bert.norms()).isEqualTo(new EncoderConfig.Norms(1e-12, true, false));
    EncoderConfig roberta = encoder(BERT.replace("bert", "xlm-roberta"));
    assertThat(roberta.positions()).hasValue(new LearnedPositions(512, 2));
    assertThat(roberta.tokenLimit()).hasValue(510);
    EncoderConfig modern = encoder(BERT.replace("bert", "modernbert"));
    assertThat(modern.maxPositions()).isEqualTo(8192);
    assertThat(modern.tokenLimit()).isEmpty();
    assertThat(modern.feedForward()).isEqualTo(new FeedForward(Activation.GELU, true, false));
    var full = new LayerAttention(0, Optional.of(RopeConfig.plain(160_000, 12)));
    var local = new LayerAttention(65, Optional.of(RopeConfig.plain(10_000, 12)));
    assertThat(modern.attention()).containsExactly(full, local, local);
  }

  /// ModernBERT's first files, before transformers 5 named things anew.
  @Test
  void read_olderKeysOfModernBert_meanTheSame() throws Exception {
    EncoderConfig older =
        encoder(
            BERT.replace("bert", "modernbert")
                .replaceFirst(
                    "\\{",
                    "{\"global_rope_theta\": 8e4, \"local_rope_theta\": 5e3,"
                        + " \"global_attn_every_n_layers\": 2, \"local_attention\": 10,"
                        + " \"position_embedding_type\": \"sans_pos\","));
    EncoderConfig newer =
        encoder(
            BERT.replace("bert", "modernbert")
                .replaceFirst(
                    "\\{",
                    "{\"rope_parameters\": {\"full_attention\": {\"rope_theta\": 8e4},"
                        + " \"sliding_attention\": {\"rope_theta\": 5e3}}, \"local_attention\": 10,"
                        + " \"layer_types\": [\"full_attention\", \"sliding_attention\","
                        + " \"full_attention\"],"));
    assertThat(older).isEqualTo(newer);
    assertThat(older.attention().get(1).window()).isEqualTo(6);
  }

  /// An explicit null meant that layers with windows turn as those without.
  @Test
  void read_modernBertWithoutBaseOfItsWindows_turnsAllLayersAlike() throws Exception {
    EncoderConfig config =
        encoder(
            BERT.replace("bert", "modernbert")
                .replaceFirst("\\{", "{\"global_rope_theta\": 8e4, \"local_rope_theta\": null,"));
    assertThat(config.ropes()).containsExactly(RopeConfig.plain(80_000, 12));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bert | \"hidden_act\": \"mish\" | \"hidden_act\" is \"mish\"; supported are gelu, gelu_new",
        "bert | \"is_decoder\": true | \"is_decoder\" is true; only false",
        "bert | \"position_embedding_type\": \"relative_key\""
            + "| \"position_embedding_type\" is \"relative_key\"; only absolute",
        "bert | \"quantization_config\": {} | \"quantization_config\" is not supported",
        "bert | \"max_position_embeddings\": 0 | impossible shape: 0 positions are none behind",
        "roberta | \"pad_token_id\": null | \"pad_token_id\" is null; positions start behind it",
        "modernbert | \"rope_scaling\": {\"type\": \"yarn\"} | \"rope_scaling\" is not supported",
        "modernbert | \"layer_types\": [\"chunked\"] | \"layer_types\" names \"chunked\"; supported are",
        "modernbert | \"layer_types\": [\"full_attention\"] | attention is given for 1 layers of 3",
        "modernbert | \"global_attn_every_n_layers\": 0 | \"global_attn_every_n_layers\" is 0; at least 1",
        "modernbert | \"rope_parameters\": {\"full_attention\": {\"rope_type\": \"yarn\"}}"
            + "| RoPE scaling of type \"yarn\" is not supported for encoders",
        "deberta-v2 | \"hidden_act\": \"gelu\" | \"model_type\" is \"deberta-v2\"; supported are llama",
      })
  void read_encoderWithWhatIsNotImplemented_isRefusedByName(
      String family, String key, String message) {
    String json =
        BERT.replace("\"bert\"", "\"" + family + "\"").replaceFirst("\\{", "{" + key + ",");
    assertThatThrownBy(() -> encoder(json))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("config.json")
        .hasMessageContaining(message);
  }

  @Test
  void read_brokenFile_isRefused() throws Exception {
    Path file = config("{\"model_type\": ");
    assertThatThrownBy(() -> HuggingFaceConfig.read(file)).hasMessageContaining("not JSON");
    Path list = config("[]");
    assertThatThrownBy(() -> HuggingFaceConfig.read(list))
        .hasMessageContaining("not a JSON object");
    Path empty = config("{\"model_type\": \"llama\"}");
    assertThatThrownBy(() -> HuggingFaceConfig.read(empty))
        .hasMessageContaining("has no \"hidden_size\"");
  }

  private static GgufBuilder smollm2() {
    return new GgufBuilder()
        .text("general.architecture", "llama")
        .integer("llama.block_count", 30)
        .integer("llama.context_length", 8192)
        .integer("llama.embedding_length", 576)
        .integer("llama.feed_forward_length", 1536)
        .integer("llama.attention.head_count", 9)
        .integer("llama.attention.head_count_kv", 3)
        .real("llama.rope.freq_base", 100_000)
        .real("llama.attention.layer_norm_rms_epsilon", 1e-5f)
        .integer("llama.rope.dimension_count", 64)
        .tensor("token_embd.weight", new long[] {49152, 1}, new float[49152]);
  }

  private DecoderConfig read(GgufBuilder builder) {
    Path path = folder.resolve("model.gguf");
    builder.write(path);
    try (var file = GgufFile.open(path)) {
      return GgufConfig.read(file);
    }
  }

  @Test
  void read_gguf_givesTheShape() {
    assertThat(read(smollm2())).isEqualTo(SMOLLM2);
    assertThat(
            read(smollm2().tensor("output.weight", new long[] {1}, new float[1])).tiedEmbeddings())
        .isFalse();
  }

  /// Mistral's converted files name llama; only some say that there is a window.
  @Test
  void read_ggufOfLlamaWithWindow_hasItInEveryLayer() {
    assertThat(read(smollm2().integer("llama.attention.sliding_window", 4096)).attention().layers())
        .hasSize(30)
        .allMatch(layer -> layer.window() == 4096);
  }

  @Test
  void pooling_ofUnknownNumber_isRefused() {
    Path path = folder.resolve("model.gguf");
    smollm2().integer("llama.pooling_type", 4).write(path);
    try (var file = GgufFile.open(path)) {
      assertThatThrownBy(() -> GgufPooling.read(file))
          .hasMessageContaining("\"llama.pooling_type\" is 4; 1 (mean), 2 (cls) and 3 (last)");
    }
    smollm2().write(path);
    try (var file = GgufFile.open(path)) {
      assertThat(GgufPooling.read(file)).isEmpty();
    }
  }

  @Test
  void read_ggufWithWhatIsNotImplemented_isRefusedByName() {
    var scaled = smollm2().text("llama.rope.scaling.type", "spiral");
    assertThatThrownBy(() -> read(scaled)).hasMessageContaining("RoPE scaling of type \"spiral\"");
    var partial = smollm2().integer("llama.rope.dimension_count", 32);
    assertThatThrownBy(() -> read(partial)).hasMessageContaining("RoPE turns 32 of 64 dimensions");
    var other = smollm2().text("general.architecture", "mamba");
    assertThatThrownBy(() -> read(other)).hasMessageContaining("is \"mamba\"; llama, qwen2,");
    var unequal = smollm2().integer("llama.attention.value_length", 32);
    assertThatThrownBy(() -> read(unequal)).hasMessageContaining("keys of 64 values and values of");
    var both = smollm2().flag("llama.attention.causal", false);
    assertThatThrownBy(() -> read(both))
        .hasMessageContaining("\"llama.attention.causal\" is false");
    var text = smollm2().text("llama.block_count", "thirty");
    assertThatThrownBy(() -> read(text))
        .hasMessageContaining("model.gguf")
        .hasMessageContaining("\"llama.block_count\" is of type String, not Long");
    var experts = smollm2().integer("llama.expert_count", 8);
    assertThatThrownBy(() -> read(experts)).hasMessageContaining("mixtures of experts");
  }
}
