package io.alidade.model.backbone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.AlidadeException;
import io.alidade.core.Progress;
import io.alidade.core.UsageException;
import io.alidade.model.weights.SafetensorsWriter;
import io.alidade.tensor.DType;
import io.alidade.testkit.tiny.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubTest {
  private static final String NAME = "tiny/model";
  private static final String MODULES =
      """
      [{"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"},
       {"idx": 1, "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
       {"idx": 2, "path": "2_Dense", "type": "sentence_transformers.models.Dense"}]
      """;

  @TempDir Path temp;
  private final List<String> notes = new ArrayList<>();
  private FakeHub hub;

  @BeforeEach
  void startHub() throws IOException {
    Path gguf = Files.write(temp.resolve("tiny.gguf"), TinyModel.gguf(1));
    Path weights = temp.resolve("written.safetensors");
    try (Backbone model = FolderBackbone.openGguf(NAME, "file", gguf)) {
      SafetensorsWriter.write(weights, model.weights(), DType.BFLOAT16);
      String config = model.mergedConfig();
      hub =
          new FakeHub(
              Map.of(
                  "config.json", bytes(config),
                  "tokenizer.json", bytes(model.tokenizer().json().text()),
                  "model.safetensors", Files.readAllBytes(weights)));
    }
  }

  @AfterEach
  void stopHub() {
    hub.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private BackboneLibrary library(String... more) {
    var environment = new HashMap<String, String>();
    environment.put("ALIDADE_HOME", temp.resolve("home").toString());
    environment.put("HF_HOME", temp.resolve("hf").toString());
    environment.put("HF_ENDPOINT", hub.endpoint() + "/");
    environment.put("HF_TOKEN", "secret-token");
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    var settings = BackboneSettings.of(environment).withSource(BackboneSource.HUB);
    return new BackboneLibrary(settings, notes::add, Progress.NONE, List.of());
  }

  private Path cache() {
    return temp.resolve("hf/hub/models--tiny--model");
  }

  private List<String> blobs() throws IOException {
    try (Stream<Path> files = Files.list(cache().resolve("blobs"))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void open_name_fillsTheSharedCache() throws Exception {
    try (Backbone backbone = library().open(NAME)) {
      assertThat(backbone.source()).isEqualTo("hub tiny/model@" + FakeHub.COMMIT);
      assertThat(backbone.config().hidden()).isEqualTo(8);
      assertThat(backbone.tokenizer().eosId()).isEqualTo(2);
      assertThat(blobs()).hasSize(3).contains(backbone.sha256());
    }
    Path file = cache().resolve("snapshots").resolve(FakeHub.COMMIT).resolve("config.json");
    assertThat(Files.readSymbolicLink(file).toString()).startsWith("../../blobs/");
    assertThat(cache().resolve("refs/main")).hasContent(FakeHub.COMMIT);
  }

  @Test
  void open_again_asksTheHubNothing() {
    library().open(NAME).close();
    int asked = hub.requests().size();
    library().open(NAME).close();
    library("HF_HUB_OFFLINE", "1").open(NAME).close();
    assertThat(hub.requests()).hasSize(asked);
  }

  @Test
  void open_againAfterAnotherToolTookOnlyWeights_asksForTheRest() throws Exception {
    library().open(NAME).close();
    Path lacks = cache().resolve(".no_exist").resolve(FakeHub.COMMIT);
    assertThat(lacks.resolve("modules.json")).isEmptyFile();
    // Other tools remember what they asked for, not what Alidade would.
    Files.delete(lacks.resolve("modules.json"));
    int asked = hub.requests().size();
    library("HF_HUB_OFFLINE", "1").open(NAME).close();
    assertThat(hub.requests()).hasSize(asked);
    library().open(NAME).close();
    assertThat(hub.requests().subList(asked, hub.requests().size()))
        .anyMatch(request -> request.contains("modules.json"));
  }

  @Test
  void locate_embeddingModel_fetchesItsModules() throws Exception {
    hub.put("modules.json", bytes(MODULES));
    hub.put("1_Pooling/config.json", bytes("{\"pooling_mode\": \"mean\"}"));
    hub.put("2_Dense/config.json", bytes("{}"));
    hub.put("2_Dense/model.safetensors", bytes("weights of a layer"));
    hub.put("pytorch_model.bin", bytes("not wanted"));
    BackboneLibrary.Location location = library().locate(NAME);
    assertThat(location.source()).isEqualTo("hub tiny/model@" + FakeHub.COMMIT);
    assertThat(location.path().resolve("1_Pooling/config.json")).exists();
    assertThat(location.path().resolve("2_Dense/model.safetensors"))
        .hasContent("weights of a layer");
    assertThat(location.path().resolve("pytorch_model.bin")).doesNotExist();
  }

  @Test
  void locate_adapter_needsNoOtherWeights() throws Exception {
    try (var bare =
        new FakeHub(
            Map.of(
                "adapter_config.json", bytes("{}"),
                "adapter_model.safetensors", bytes("weights of an adapter")))) {
      BackboneLibrary.Location location =
          library("HF_ENDPOINT", bare.endpoint().toString()).locate(NAME);
      assertThat(location.path().resolve("adapter_model.safetensors")).exists();
    }
  }

  @Test
  void locate_modulePathOutOfTheFolder_isRefused() {
    hub.put("modules.json", bytes(MODULES.replace("1_Pooling", "../../../escaped")));
    assertThatThrownBy(() -> library().locate(NAME))
        .isInstanceOf(AlidadeException.class)
        .hasMessageContaining("modules.json")
        .hasMessageContaining("leads out of the folder");
  }

  @Test
  void locate_revision_isAskedForAndRemembered() {
    assertThat(library().locate(NAME + "@refs/pr/1").name()).isEqualTo(NAME);
    assertThat(hub.requests().getFirst()).contains("/resolve/refs/pr/1/");
    assertThat(cache().resolve("refs/refs/pr/1")).hasContent(FakeHub.COMMIT);
    assertThat(library("HF_HUB_OFFLINE", "1").locate(NAME + "@" + FakeHub.COMMIT).path()).exists();
    assertThatThrownBy(() -> library().locate(NAME + "@../../escaped"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("no hub name like");
  }

  @Test
  void open_withToken_sendsItToTheHubOnly() {
    library().open(NAME).close();
    assertThat(hub.requests())
        .allSatisfy(
            request ->
                assertThat(request.contains("Bearer secret-token"))
                    .isEqualTo(!request.contains("/storage/")));
    assertThat(BackboneSettings.of(Map.of("HF_TOKEN", "secret-token")).toString())
        .doesNotContain("secret-token");
  }

  @Test
  void open_connectionCutAgainAndAgain_continuesWhereItStopped() {
    hub.cutAfter(700);
    library().open(NAME).close();
    assertThat(hub.requests()).anyMatch(request -> request.contains("safetensors bytes=700-"));
    assertThat(hub.requests()).anyMatch(request -> request.contains("safetensors bytes=1400-"));
  }

  @Test
  void open_afterAFailedRun_continuesItsFile() throws Exception {
    hub.cutAfter(0);
    assertThatThrownBy(() -> library().open(NAME).close())
        .isInstanceOf(AlidadeException.class)
        .hasMessageContaining("tokenizer.json stopped after 0 of");
    hub.cutAfter(Integer.MAX_VALUE);
    library().open(NAME).close();
    assertThat(blobs()).noneMatch(name -> name.endsWith(".incomplete"));
  }

  @Test
  void open_leftOverOfAnotherTool_isContinued() throws Exception {
    library().open(NAME).close();
    Path snapshot = cache().resolve("snapshots").resolve(FakeHub.COMMIT);
    Path link = snapshot.resolve("model.safetensors");
    Path blob = link.toRealPath();
    byte[] content = Files.readAllBytes(blob);
    Files.delete(link);
    Files.delete(blob);
    Files.write(
        blob.resolveSibling(blob.getFileName() + ".incomplete"), Arrays.copyOf(content, 99));
    library().open(NAME).close();
    assertThat(hub.requests()).anyMatch(request -> request.contains("safetensors bytes=99-"));
    assertThat(Files.readAllBytes(blob)).isEqualTo(content);
  }

  @Test
  void open_contentOfAnotherHash_isRefusedAndRemoved() throws Exception {
    hub.lie("X-Linked-Etag", "\"" + "a".repeat(64) + "\"");
    assertThatThrownBy(() -> library().open(NAME).close())
        .isInstanceOf(AlidadeException.class)
        .hasMessageContaining(
            "the downloaded tokenizer.json was refused and removed: its hash is ");
    assertThat(blobs()).isEmpty();
  }

  @Test
  void open_refusals_sayWhatToDo() {
    hub.refuse(401);
    assertThatThrownBy(() -> library().open(NAME).close())
        .hasMessageContaining("token in HF_TOKEN");
    hub.refuse(403);
    assertThatThrownBy(() -> library().open(NAME).close()).hasMessageContaining("licence");
    hub.refuse(404);
    assertThatThrownBy(() -> library().open(NAME).close())
        .hasMessageContaining("has no tiny/model, or no such revision (404)");
    hub.refuse(503);
    assertThatThrownBy(() -> library().open(NAME).close()).hasMessageContaining("answered 503");
  }

  @Test
  void open_answersThatWouldLeaveTheCache_areRefused() throws Exception {
    hub.lie("X-Linked-Etag", "../../../../escaped");
    assertThatThrownBy(() -> library().open(NAME).close())
        .hasMessageContaining("does not answer as a hub does");
    hub.lie("X-Linked-Etag", "a".repeat(64));
    hub.lie("X-Repo-Commit", "../../escaped");
    assertThatThrownBy(() -> library().open(NAME).close())
        .hasMessageContaining("does not answer as a hub does");
    try (Stream<Path> files = Files.walk(temp)) {
      assertThat(files.map(Path::toString)).noneMatch(file -> file.contains("escaped"));
    }
  }

  @Test
  void open_offlineWithoutCache_asksNothing() {
    assertThatThrownBy(() -> library("HF_HUB_OFFLINE", "TRUE").open(NAME).close())
        .hasMessageContaining("is not in the cache")
        .hasMessageContaining("HF_HUB_OFFLINE");
    assertThat(hub.requests()).isEmpty();
  }

  @Test
  void open_hubThatIsNotThere_failsAtOnce() {
    hub.close();
    assertThatThrownBy(() -> library().open(NAME).close())
        .isInstanceOf(AlidadeException.class)
        .hasMessageContaining("could not be fetched from " + hub.endpoint());
  }

  @Test
  void open_modelWithoutWeights_saysWhatIsWanted() throws Exception {
    try (var bare =
        new FakeHub(Map.of("config.json", bytes("{}"), "tokenizer.json", bytes("{}")))) {
      assertThatThrownBy(
              () -> library("HF_ENDPOINT", bare.endpoint().toString()).open(NAME).close())
          .hasMessageContaining("has no model.safetensors.index.json; a model with");
      bare.put(
          "model.safetensors.index.json", bytes("{\"weight_map\": {\"a\": \"../../escaped\"}}"));
      assertThatThrownBy(
              () -> library("HF_ENDPOINT", bare.endpoint().toString()).open(NAME).close())
          .hasMessageContaining("names the shard \"../../escaped\"");
    }
  }

  @Test
  void of_badEndpoint_isRefused() {
    assertThatThrownBy(() -> library("HF_ENDPOINT", "ftp://x"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("HF_ENDPOINT is \"ftp://x\"");
  }
}
