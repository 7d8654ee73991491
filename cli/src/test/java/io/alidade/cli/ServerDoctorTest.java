package io.alidade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.cli.CommandRunner.Result;
import io.alidade.cli.engine.InstalledModels;
import io.alidade.cli.engine.LoadedModel;
import io.alidade.core.Progress;
import io.alidade.core.TextInput;
import io.alidade.eval.api.ServerKind;
import io.alidade.model.TextEmbedder;
import io.alidade.model.folder.GoldenCase;
import io.alidade.model.head.Pooling;
import io.alidade.model.head.VectorHead;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.Golden;
import io.alidade.testkit.http.LoopbackServer;
import io.alidade.testkit.http.LoopbackServer.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A tiny model behind a real server in each protocol, served rightly and with each fault built in:
/// the doctor names it.
class ServerDoctorTest {
  private static final InstalledModels MODELS = new InstalledModels(_ -> {});

  @TempDir Path temp;
  private Path folder;
  private final CommandRunner runner = new CommandRunner();
  private final List<LoadedModel> opened = new ArrayList<>();

  @BeforeEach
  void writeModel() {
    runner.models = MODELS;
    folder = Golden.sentenceTransformers("prompts", temp.resolve("model"));
    TextEmbedder model = embedder(folder);
    var inputs =
        List.of(TextInput.document("small boats"), TextInput.query("", "where do the boats go"));
    float[][] vectors = model.embed(inputs);
    var golden = new ArrayList<GoldenCase>();
    for (int i = 0; i < vectors.length; i++) {
      TextInput input = inputs.get(i);
      golden.add(GoldenCase.of(input, model.template().render(input), vectors[i]));
    }
    GoldenCase.writeAll(folder, golden);
  }

  @AfterEach
  void closeModels() {
    opened.forEach(LoadedModel::close);
  }

  @SuppressWarnings("MustBeClosed") // closed after each test
  private TextEmbedder embedder(Path model) {
    opened.add(open(model));
    return (TextEmbedder) opened.getLast().embedder();
  }

  @MustBeClosed
  private static LoadedModel open(Path model) {
    return MODELS.open(model.toString(), Progress.NONE);
  }

  private static Function<List<String>, float[][]> serving(TextEmbedder model) {
    return texts -> model.embed(texts.stream().map(text -> TextInput.prompted("", text)).toList());
  }

  private Function<List<String>, float[][]> served() {
    return serving(embedder(folder));
  }

  /// Another folder with the same weights and one file edited.
  private Path edited(String file, String old, String changed) throws IOException {
    Path other = Golden.sentenceTransformers("prompts", temp.resolve("other"));
    String text = Files.readString(other.resolve(file));
    assertThat(text).contains(old);
    Files.writeString(other.resolve(file), text.replace(old, changed));
    return other;
  }

  private static Function<List<String>, float[][]> changed(
      Function<List<String>, float[][]> served, UnaryOperator<float[]> change) {
    return texts -> Arrays.stream(served.apply(texts)).map(change).toArray(float[][]::new);
  }

  private Result doctor(
      ServerKind kind, Function<List<String>, float[][]> vectors, Object... options) {
    try (var server = new LoopbackServer(new FakeEmbeddingServer(kind, vectors))) {
      var line = new ArrayList<Object>(List.of("doctor", "--server", server.url()));
      line.addAll(List.of(options));
      return runner.run(line.toArray());
    }
  }

  /// The ids of the faults that are found.
  private List<String> faults(ServerKind kind, Function<List<String>, float[][]> vectors) {
    Result result = doctor(kind, vectors, "--model", folder, "--json");
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isEqualTo(ExitCode.GATE_NOT_MET);
    JsonNode json = JsonMapper.shared().readTree(result.out());
    assertThat(json.path("same").asBoolean()).isFalse();
    return json.path("findings").valueStream().map(f -> f.path("id").asString()).toList();
  }

  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void doctor_rightVectors_isSame(ServerKind kind) {
    Result result = doctor(kind, served(), "--model", folder);

    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .contains("protocol " + kind.label())
        .contains("golden text 2")
        .contains("a query with its prompt   alone       1.000000")
        .contains("a sentence                in a batch  1.000000")
        .contains("a long document")
        .contains("same     every cosine is at least 0.999")
        .doesNotContain("differs", "cause");
    assertThat(result.out().contains("as base64")).isEqualTo(kind == ServerKind.OPENAI);
    assertThat(result.code()).isZero();
  }

  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void doctor_noEndToken_isNamed(ServerKind kind) {
    TextEmbedder model = embedder(folder);
    Function<List<String>, float[][]> served =
        texts -> texts.stream().map(text -> withoutEnd(model, text)).toArray(float[][]::new);

    assertThat(faults(kind, served)).containsExactly("end-token-missing");
  }

  private static float[] withoutEnd(TextEmbedder model, String text) {
    int[] ids = model.tokenizer().encode(text, model.maxTokens());
    int[] cut = Arrays.copyOf(ids, ids.length - 1);
    try (var _ = TensorScope.open()) {
      return VectorHead.of(Pooling.LAST_TOKEN)
          .vectors(model.transformer(), List.of(cut), new int[] {0})
          .toFloats();
    }
  }

  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void doctor_meanPooling_isNamed(ServerKind kind) throws IOException {
    var served = serving(embedder(edited("1_Pooling/config.json", "lasttoken", "mean")));

    assertThat(faults(kind, served)).containsExactly("pooling");
    assertThat(doctor(kind, served, "--model", folder).out())
        .contains("cause    the server pools by mean, the model by last token (pooling: ")
        .contains("set the server's pooling to last token")
        .contains("differs  the gate is a cosine of 0.999");
  }

  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void doctor_lengthsOtherThanOne_isNamed(ServerKind kind) {
    var served = changed(served(), vector -> scaled(vector, 3));

    assertThat(faults(kind, served)).containsExactly("not-normalised");
  }

  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void doctor_textsCutEarly_isNamed(ServerKind kind) throws IOException {
    var served = serving(embedder(edited("tokenizer_config.json", ": 64", ": 32")));

    assertThat(faults(kind, served)).containsExactly("cut-early");
    assertThat(doctor(kind, served, "--model", folder).out())
        .contains("texts are cut at 32 tokens, the model's at 64 (cut-early");
  }

  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void doctor_promptOfTheServer_isNamedOnceAndTwice(ServerKind kind) {
    TextEmbedder model = embedder(folder);
    Function<List<String>, float[][]> served =
        texts -> model.embed(texts.stream().map(text -> TextInput.query("", text)).toList());

    assertThat(faults(kind, served)).containsExactlyInAnyOrder("prompt-added", "prompt-twice");
  }

  @Test
  void doctor_otherFaults_areNamed() {
    var served = served();
    Function<List<String>, float[][]> reversed =
        texts -> {
          List<float[]> vectors = Arrays.asList(served.apply(texts));
          Collections.reverse(vectors);
          return vectors.toArray(float[][]::new);
        };
    Function<List<String>, float[][]> mixedInBatches =
        texts ->
            texts.size() == 1
                ? served.apply(texts)
                : changed(served, ServerDoctorTest::shifted).apply(texts);

    assertThat(faults(ServerKind.TEI, reversed)).containsExactly("order");
    assertThat(faults(ServerKind.TEI, mixedInBatches)).containsExactly("batch");
    assertThat(faults(ServerKind.TEI, changed(served, vector -> Arrays.copyOf(vector, 16))))
        .startsWith("dimensions-cut");
    assertThat(faults(ServerKind.TEI, changed(served, vector -> Arrays.copyOf(vector, 40))))
        .containsExactly("dimensions");
    assertThat(faults(ServerKind.TEI, changed(served, ServerDoctorTest::rounded)))
        .contains("precision")
        .isSubsetOf("precision", "not-normalised");
    assertThat(faults(ServerKind.TEI, changed(served, ServerDoctorTest::shifted)))
        .containsExactly("unknown");
  }

  private static float[] scaled(float[] vector, float factor) {
    float[] scaled = new float[vector.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = factor * vector[i];
    }
    return scaled;
  }

  /// As coarse as weights of few bits make it.
  private static float[] rounded(float[] vector) {
    float[] rounded = new float[vector.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = Math.round(vector[i] * 16) / 16f;
    }
    return rounded;
  }

  private static float[] shifted(float[] vector) {
    float[] shifted = new float[vector.length];
    for (int i = 0; i < shifted.length; i++) {
      shifted[i] = vector[(i + 5) % vector.length];
    }
    return shifted;
  }

  @Test
  void doctor_longTextRefused_isSaidAndNoFailure() {
    Function<List<String>, float[][]> served = served();
    var server = new FakeEmbeddingServer(ServerKind.TEI, served);
    try (var loopback =
        new LoopbackServer(
            request ->
                request.body().contains("On day 2")
                    ? new Response(413, "{\"error\": \"too long\"}")
                    : server.apply(request))) {
      Result result = runner.run("doctor", "--server", loopback.url(), "--model", folder);

      assertThat(result.code()).isZero();
      assertThat(result.out())
          .contains("refused  a long document")
          .contains("(too long)")
          .contains("cut texts before they are sent");
    }
  }

  @Test
  void doctor_modelThatCannotBeLoaded_comparesItsGoldenTexts() throws IOException {
    Function<List<String>, float[][]> served = served();
    Files.delete(folder.resolve("tokenizer.json"));

    Result right = doctor(ServerKind.TEI, served, "--model", folder);
    assertThat(right.code()).isZero();
    assertThat(right.err()).contains("only its golden texts are compared: ");
    assertThat(right.out()).contains("golden text 1").doesNotContain("a long document");
    assertThat(
            doctor(
                    ServerKind.TEI,
                    changed(served, ServerDoctorTest::shifted),
                    "--model",
                    folder,
                    "--gate",
                    "0.9")
                .code())
        .isEqualTo(ExitCode.GATE_NOT_MET);
  }

  @Test
  void doctor_withoutModel_comparesTheServerWithItself() {
    assertThat(doctor(ServerKind.OPENAI, served()).code()).isZero();
    Result result = doctor(ServerKind.OPENAI, changed(served(), vector -> scaled(vector, 2)));
    assertThat(result.code()).isEqualTo(ExitCode.GATE_NOT_MET);
    assertThat(result.out()).contains("not-normalised");
  }

  @Test
  void doctor_serverThatCannotBeAsked_isOneSentence() {
    assertError(ExitCode.WRONG_USAGE, "--server", "localhost")
        .contains("is no address of a server");
    assertError(ExitCode.FAILED, "--server", "http://127.0.0.1:1").contains("cannot be reached");
    assertError(ExitCode.WRONG_USAGE, "--server", "http://127.0.0.1:1", "--api", "te")
        .contains("--api te is not known; did you mean \"tei\"?; allowed are tei, ollama,");
    assertError(ExitCode.WRONG_USAGE, "--server", "http://127.0.0.1:1", "--gate", "2")
        .contains("--gate 2.0: a cosine over 0");
    assertError(ExitCode.WRONG_USAGE, "--server", "http://127.0.0.1:1", "--api-key-env", "NO_KEY_")
        .contains("--api-key-env NO_KEY_: the environment has no such variable");
    try (var server = new LoopbackServer(_ -> new Response(404, ""))) {
      assertError(ExitCode.FAILED, "--server", server.url(), "--api", "tei", "--model", folder)
          .contains(server.url() + "/embed answers 404: it has no such path; another --api");
    }
  }

  private org.assertj.core.api.AbstractStringAssert<?> assertError(int code, Object... options) {
    var line = new ArrayList<Object>(List.of("doctor"));
    line.addAll(List.of(options));
    Result result = runner.run(line.toArray());
    assertThat(result.code()).isEqualTo(code);
    assertThat(result.out()).isEmpty();
    return assertThat(result.err());
  }
}
