package io.alidade.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFileTest {
  @TempDir Path folder;

  @Test
  void read_plainLines_keepsEmptyOnes() {
    assertThat(TextFile.read(file("\uFEFFone\n\nthree\r\n")))
        .containsExactly(
            new IdentifiedText("1", "one"),
            new IdentifiedText("2", ""),
            new IdentifiedText("3", "three"));
    assertThat(TextFile.read(file(""))).isEmpty();
  }

  @Test
  void read_jsonLines_takesIdsAndTitles() {
    Path file =
        file(
            """

            {"id": "a", "text": "one"}
            {"_id": 7, "title": "T", "text": ""}

            {"text": "unnamed"}
            """);

    assertThat(TextFile.read(file))
        .containsExactly(
            new IdentifiedText("a", "one"),
            new IdentifiedText("7", "T "),
            new IdentifiedText("5", "unnamed"));
  }

  @Test
  void read_badLines_nameFileAndLine() throws Exception {
    assertThatThrownBy(() -> TextFile.read(file("{\"text\": \"a\"}\n{\"text\": ")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("texts:2: broken JSON")
        .hasMessageNotContaining("Source");
    assertThatThrownBy(() -> TextFile.read(file("{\"body\": \"a\"}")))
        .hasMessageContaining("texts:1: no column \"text\"; found body");
    assertThatThrownBy(
            () -> TextFile.read(file("{\"id\":\"a\",\"text\":\"\"}\n{\"id\":\"a\",\"text\":\"\"}")))
        .hasMessageContaining("texts:2: id \"a\" stands on line 1 already");
    Path latin = Files.write(folder.resolve("latin"), new byte[] {'a', (byte) 0xE4, '\n'});
    assertThatThrownBy(() -> TextFile.read(latin)).hasMessageContaining("is not UTF-8");
    assertThatThrownBy(() -> TextFile.read(folder.resolve("none")))
        .hasMessageContaining("there is no such file");
  }

  @Test
  void corpus_folder_cutsFilesIntoPassages() {
    String paragraph = "word ".repeat(100).strip();
    AtomicFiles.writeText(folder.resolve("docs/b.md"), "# Title\n\n" + paragraph);
    AtomicFiles.writeText(
        folder.resolve("docs/a/x.txt"), paragraph + "\n \n" + paragraph + "\n\n\n\nshort\n");
    AtomicFiles.writeText(folder.resolve("docs/skipped.pdf"), "x");

    assertThat(Corpus.read(folder.resolve("docs")))
        .containsExactly(
            new IdentifiedText("a/x.txt#1", paragraph),
            new IdentifiedText("a/x.txt#2", paragraph + "\n\nshort"),
            new IdentifiedText("b.md#1", "# Title\n\n" + paragraph));
  }

  @Test
  void corpus_nothingToSearch_saysSo() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));

    assertThatThrownBy(() -> Corpus.read(empty))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("holds no text in .txt or .md files");
    assertThatThrownBy(() -> Corpus.read(file("\n \n"))).hasMessageContaining("holds no text");
  }

  private Path file(String content) {
    Path file = folder.resolve("texts");
    AtomicFiles.writeText(file, content);
    return file;
  }
}
