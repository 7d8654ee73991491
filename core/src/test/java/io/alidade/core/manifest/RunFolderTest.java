package io.alidade.core.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.AlidadeException;
import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import io.alidade.core.Sha256;
import io.alidade.core.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class RunFolderTest {
  @TempDir Path folder;
  private Path data;
  private Path out;

  @BeforeEach
  void writeData() {
    data = folder.resolve("data.jsonl");
    out = folder.resolve("train");
    AtomicFiles.writeText(data, "{}\n");
  }

  @Test
  void open_freshFolder_writesAManifestThatReadsBack() {
    Manifest planned = planned("train", 42);
    try (RunFolder run = RunFolder.open(out, planned)) {
      assertThat(run.resumed()).isFalse();
      assertThat(Manifest.read(out)).isEqualTo(planned);
      run.finish(Map.of("steps", 90L));
    }

    Manifest read = Manifest.read(out);
    assertThat(read.complete()).isTrue();
    assertThat(read.counts()).containsExactly(Map.entry("steps", 90L));
    assertThat(read.inputs())
        .containsExactly(new Input("data", "../data.jsonl", Sha256.ofText("{}\n")));
    assertThat(read.inputs().getFirst().resolve(out)).isEqualTo(data);
  }

  @Test
  void open_freeKeyChanged_goesOnAsUnfinished() {
    Manifest earlier = planned("train", 42);
    try (RunFolder run = RunFolder.open(out, earlier)) {
      run.finish(Map.of());
    }
    begin();
    try (RunFolder run = RunFolder.open(out, planned("train", 43), Set.of("lora"))) {
      assertThat(run.resumed()).isTrue();
      assertThat(run.complete()).isFalse();
      assertThat(Manifest.read(out).recipe().at("/lora/rank").asInt()).isEqualTo(43);
    }
    assertThatThrownBy(() -> open(planned("train", 44)))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("lora.rank (was 43, is 44)");
  }

  @Test
  void open_sameWork_continues() {
    try (RunFolder run = RunFolder.open(out, planned("train", 42))) {
      run.finish(Map.of());
    }
    try (RunFolder run = RunFolder.open(out, planned("train", 42))) {
      assertThat(run.resumed()).isTrue();
      assertThat(run.complete()).isTrue();
    }
  }

  @Test
  void open_otherRecipe_saysWhichKeysDiffer() {
    open(planned("train", 42));
    begin();

    assertThatThrownBy(() -> open(planned("train", 7)))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "%s holds a run with another recipe: lora.rank (was 42, is 7);"
                + " choose another --out, or delete the folder to start afresh",
            out);
    assertThatThrownBy(() -> open(planned("evaluate", 42)))
        .hasMessageContaining("holds a run of \"train\", not \"evaluate\"");
  }

  /// Its data was refused, or its process ended while that was read.
  @Test
  void open_nothingCameOfTheWorkInIt_isFreeForOther() throws IOException {
    open(planned("train", 42));
    Files.writeString(out.resolve("rows-0.partial"), "{}");
    try (RunFolder run = RunFolder.open(out, planned("evaluate", 7))) {
      assertThat(run.resumed()).isFalse();
      assertThat(Manifest.read(out).stage()).isEqualTo("evaluate");
      run.finish(Map.of());
    }
    assertThatThrownBy(() -> open(planned("train", 7)))
        .hasMessageContaining("holds a run of \"evaluate\", not \"train\"");
  }

  @Test
  void open_fileInPlaceOfTheFolder_saysSo() {
    Manifest planned = planned("train", 42);
    out = data;
    assertThatThrownBy(() -> open(planned))
        .hasMessage(
            "cannot write %s: a file stands where a folder is needed; choose another place", data);
  }

  @Test
  void open_changedInput_namesIt() {
    open(planned("train", 42));
    begin();
    AtomicFiles.writeText(data, "{\"changed\": 1}\n");

    assertThatThrownBy(() -> open(planned("train", 42)))
        .hasMessageContaining("on other inputs: ../data.jsonl (data) has changed since");
  }

  @Test
  void open_twiceAtOnce_refusesTheSecond() {
    try (RunFolder _ = RunFolder.open(out, planned("train", 42))) {
      assertThatThrownBy(() -> open(planned("train", 42)))
          .isInstanceOf(AlidadeException.class)
          .hasMessageContaining("is being written by another process (pid ");
    }
    open(planned("train", 42));
  }

  @Test
  void open_lockedByAnotherProcess_refuses() throws Exception {
    Path ready = folder.resolve("ready");
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                LockHolder.class.getName(),
                out.toString(),
                ready.toString())
            .inheritIO()
            .start();
    try {
      while (other.isAlive() && !Files.exists(ready)) {
        boolean _ = other.waitFor(20, TimeUnit.MILLISECONDS);
      }
      assertThatThrownBy(() -> open(planned("train", 42)))
          .hasMessageContaining("is being written by another process (pid " + other.pid());
    } finally {
      other.destroyForcibly().waitFor();
    }
    open(planned("train", 42));
  }

  @Test
  void read_badManifests_sayWhatIsWrong() throws IOException {
    assertThatThrownBy(() -> Manifest.read(folder))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("there is no such file, so this is no run's folder");
    Files.writeString(folder.resolve("manifest.json"), "{\"stage\": \"train\"}");
    assertThatThrownBy(() -> Manifest.read(folder)).hasMessageContaining("is no manifest: ");
    planned("train", 1).write(folder);
    Path file = folder.resolve("manifest.json");
    Files.writeString(
        file, Files.readString(file).replace("\"format_version\" : 1", "\"format_version\" : 9"));
    assertThatThrownBy(() -> Manifest.read(folder))
        .hasMessageContaining("has format version 9, this Alidade reads up to 1");
  }

  /// Leaves something of the work in the folder.
  private void begin() {
    AtomicFiles.writeText(out.resolve("log.jsonl"), "{}\n");
  }

  private void open(Manifest planned) {
    try (RunFolder _ = RunFolder.open(out, planned)) {
      // opening is all
    }
  }

  private Manifest planned(String stage, int rank) {
    ObjectNode recipe = JsonNodeFactory.instance.objectNode();
    recipe.putObject("lora").put("rank", rank);
    return Manifest.start(
        stage, recipe, 42, List.of(Input.of("data", data, out)), Map.of("libtorch", "2.10.0"));
  }

  /// Holds the lock of the folder named first, makes the file named second, and waits to be killed.
  static final class LockHolder {
    private LockHolder() {}

    public static void main(String[] arguments) throws Exception {
      try (FolderLock _ = FolderLock.acquire(Path.of(arguments[0]))) {
        Files.createFile(Path.of(arguments[1]));
        Thread.sleep(60_000);
      }
    }
  }
}
