package io.alidade.synth.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.AlidadeException;
import io.alidade.core.DataException;
import io.alidade.core.UsageException;
import io.alidade.data.RowFile;
import io.alidade.testkit.llm.FakeDocuments;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class PassagesTest {
  private static final DocumentConfig CONFIG = new DocumentConfig(Path.of("docs"), 5, 60, 2, "en");

  @TempDir Path folder;

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void write(String name, String text, String charset) throws IOException {
    Files.write(folder.resolve(name), text.getBytes(Charset.forName(charset)));
  }

  private Passages read(long seed) {
    return Passages.read(CONFIG, folder, seed, false);
  }

  private static List<Passage> all(Passages passages) {
    return LongStream.range(0, passages.report().passages()).mapToObj(passages::at).toList();
  }

  @Test
  void read_pagesInOtherEncodings_givesTheirLetters() throws IOException {
    write("old.html", "<p>Der Markt öffnet jeden Morgen um sechs.</p>", "windows-1252");
    write(
        "said.html",
        "<meta charset=\"ISO-8859-5\"><p>Рынок открыт каждое утро с шести.</p>",
        "ISO-8859-5");
    write("utf8.html", "<p>Le marché ouvre à six heures précises.</p>", "UTF-8");

    assertThat(all(read(1)))
        .extracting(Passage::text)
        .containsExactlyInAnyOrder(
            "Der Markt öffnet jeden Morgen um sechs.",
            "Рынок открыт каждое утро с шести.",
            "Le marché ouvre à six heures précises.");
  }

  @Test
  void read_parquet_isReadLikeJsonl() throws IOException {
    String harbour = "The harbour was closed in the winter of the great frost.";
    String ferry = "The ferry leaves every hour from the eastern pier.";
    Path file = folder.resolve("rows.parquet");
    writeParquet(file, Map.of("id", "VARCHAR", "text", "VARCHAR"), "a", harbour, "b", ferry);
    write("lines.jsonl", "{\"id\": \"a\", \"text\": \"%s\"}".formatted(ferry + " " + harbour));

    assertThat(all(read(1)))
        .extracting(passage -> passage.document() + " " + passage.text())
        .containsExactlyInAnyOrder(
            "rows.parquet#a " + harbour,
            "rows.parquet#b " + ferry,
            "lines.jsonl#a " + ferry + " " + harbour);

    writeParquet(file, Map.of("id", "VARCHAR", "text", "VARCHAR"), "a", harbour, "a", ferry);
    assertThatThrownBy(() -> read(1))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("rows.parquet: row 2: id \"a\" stands in row 1 already");
    writeParquet(file, Map.of("id", "VARCHAR", "words", "VARCHAR"), "a", harbour);
    assertThatThrownBy(() -> read(1))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("rows.parquet: row 1: no column \"text\"; found");
  }

  /// @param cells an id and a text for each row
  private static void writeParquet(Path file, Map<String, String> columns, String... cells) {
    String text = columns.containsKey("text") ? "text" : "words";
    RowFile.write(
        file,
        new TreeMap<>(columns),
        rows -> {
          for (int i = 0; i < cells.length; i += 2) {
            rows.accept(
                JsonMapper.shared().createObjectNode().put("id", cells[i]).put(text, cells[i + 1]));
          }
        });
  }

  @Test
  void read_everyFormat_givesItsText() throws IOException {
    write("a/plain.txt", "The harbour was closed in the winter of the great frost.");
    write("notes.md", "# Ferries\n\nThe ferry leaves every hour from the *eastern* pier.");
    write(
        "page.html",
        """
        <html><head><title>Left out</title><style>p {color: red}</style></head>
        <body><nav>Home News Contact and a lot more to click</nav>
        <h1>Der Markt</h1><p>Der Markt öffnet
            <b>jeden</b> Morgen um sechs Uhr.</p><p>Am Sonntag ist er zu.</p></body></html>
        """);
    Files.write(
        folder.resolve("paper.pdf"),
        FakeDocuments.pdf("The lighthouse keeper counted", "the pas-", "sing ships in a book."));
    write("many.jsonl", "{\"id\": \"x1\", \"text\": \"A first text with enough words in it.\"}\n");
    write("table.xlsx", "not read");
    write(".git/config.txt", "hidden, and so it is passed over as a whole");

    Passages passages = read(1);

    assertThat(all(passages))
        .extracting(
            one -> one.document() + "|" + one.position() + "|" + one.text().replace("\n", "/"))
        .containsExactlyInAnyOrder(
            "a/plain.txt|0|The harbour was closed in the winter of the great frost.",
            "notes.md|0|# Ferries//The ferry leaves every hour from the *eastern* pier.",
            "page.html|0|Der Markt//Der Markt öffnet jeden Morgen um sechs Uhr.//Am Sonntag ist er"
                + " zu.",
            "paper.pdf|0|The lighthouse keeper counted the passing ships in a book.",
            "many.jsonl#x1|0|A first text with enough words in it.");
    assertThat(passages.report()).isEqualTo(new DocumentReport(5, 5, 0, 0, 1, List.of()));
  }

  @Test
  void read_unreadableDocuments_areSkippedWithASentence() throws IOException {
    write("good.txt", "The harbour was closed in the winter of the great frost.");
    write("broken.pdf", "%PDF-1.7 and then nothing that makes sense");
    Files.write(folder.resolve("picture.pdf"), FakeDocuments.pdf());
    Files.write(folder.resolve("old.txt"), "Grüße".getBytes(StandardCharsets.ISO_8859_1));
    write("empty.html", "");

    List<String> skipped = read(1).report().skipped();

    assertThat(skipped).hasSize(4).allMatch(line -> !line.contains("\n"));
    assertThat(skipped.get(0)).contains("broken.pdf is skipped: ");
    assertThat(skipped.get(1)).contains("empty.html is skipped: it holds no text");
    assertThat(skipped.get(2)).contains("old.txt is skipped: it is not UTF-8");
    assertThat(skipped.get(3)).contains("picture.pdf is skipped: it holds no text; a scanned");
  }

  @Test
  void read_nothingToUse_isRefusedWithTheWayOut() throws IOException {
    assertThatThrownBy(() -> read(1))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("holds no document that can be read; put .txt");
    assertThatThrownBy(() -> Passages.read(CONFIG, folder.resolve("none"), 1, false))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("there is no file or folder");
    write("short.txt", "too short");
    assertThatThrownBy(() -> read(1))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("has a passage of 5 words; lower documents.least_words");
    write("bad.jsonl", "{\"id\": 1, \"text\": \"fine\"}\n{\"id\": 2}\n");
    assertThatThrownBy(() -> read(1))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("bad.jsonl:2: no column \"text\"");
  }

  @Test
  void at_manyDocuments_asksAboutOneOfEachBeforeTheSecondOfAny() throws IOException {
    for (int i = 0; i < 10; i++) {
      write("d" + i + ".txt", FakeDocuments.paragraphs(i, 1 + i % 5));
    }

    List<Passage> order = all(read(1));

    assertThat(order).hasSize(30);
    assertThat(order.subList(0, 10)).extracting(Passage::document).doesNotHaveDuplicates();
    assertThat(order.subList(10, 18)).extracting(Passage::document).doesNotHaveDuplicates();
    assertThat(order).extracting(Passage::id).doesNotHaveDuplicates();
    assertThat(all(read(1))).isEqualTo(order);
    assertThat(all(read(2))).isNotEqualTo(order).containsExactlyInAnyOrderElementsOf(order);
  }

  @Test
  void at_beyondTheLast_goesRoundAsOftenAsAllowed() throws IOException {
    write("d.txt", FakeDocuments.paragraphs(1, 3));

    Passages passages = read(1);

    assertThat(passages.capacity()).isEqualTo(6);
    assertThat(passages.at(5)).isEqualTo(passages.at(2));
    assertThatThrownBy(() -> passages.at(6))
        .isInstanceOf(AlidadeException.class)
        .hasMessage(
            "the documents are used up: each of 3 passages has been asked about 2 times; raise"
                + " documents.queries_per_passage and run the same command to go on");
  }

  @Test
  void read_nearlyTheSamePassage_isUsedOnce() throws IOException {
    String text = FakeDocuments.paragraphs(1, 1);
    write("a.txt", text);
    write("b.txt", text.replaceFirst("with", "and"));

    Passages passages = read(1);

    assertThat(all(passages)).extracting(Passage::document).containsExactly("a.txt");
    assertThat(passages.report().repeated()).isOne();
  }

  @Test
  void read_passageWithPersonalData_isLeftOutUnlessAllowed() throws IOException {
    write("a.txt", "The harbour was closed in the winter of the great frost.");
    write("b.txt", "The harbour master is reached under +49 30 1234567 at all times.");

    assertThat(all(read(1))).extracting(Passage::document).containsExactly("a.txt");
    assertThat(read(1).report().personal()).isOne();
    assertThat(Passages.read(CONFIG, folder, 1, true).report().passages()).isEqualTo(2);
  }

  /// The id is a function of the document and the text, not of what stands around it.
  @Test
  void read_documentChangedElsewhere_keepsTheIds() throws IOException {
    write("d.txt", FakeDocuments.paragraphs(1, 3));
    List<Passage> before = all(read(1));
    write("d.txt", FakeDocuments.paragraphs(2, 1) + "\n\n" + FakeDocuments.paragraphs(1, 3));

    assertThat(all(read(1)))
        .extracting(Passage::id)
        .hasSize(4)
        .containsAll(before.stream().map(Passage::id).toList());
  }

  @Test
  void language_notGiven_isToldFromThePassage() throws IOException {
    write("d.txt", "Der Zug nach Berlin fährt heute leider mit Verspätung vom anderen Gleis ab.");
    var detecting = new DocumentConfig(Path.of("docs"), 5, 60, 2, "");

    Passages passages = Passages.read(detecting, folder, 1, false);

    assertThat(passages.language(passages.at(0))).isEqualTo("de");
    assertThat(PassageLanguage.of("1234 5678")).isEqualTo("en");
    assertThat(read(1).language(passages.at(0))).isEqualTo("en");
  }
}
