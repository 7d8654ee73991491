package io.alidade.data;

import io.alidade.core.DataException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Documents to search: a file as [TextFile] reads it, or a folder of `.txt` and `.md` files, which
/// are cut into passages at blank lines. A passage's id is `FILE#NUMBER`.
public final class Corpus {
  /// Paragraphs are joined up to this many words: about the length that passages have in training.
  static final int PASSAGE_WORDS = 150;

  private static final Pattern BLANK_LINES = Pattern.compile("\\R\\s*\\R");

  private Corpus() {}

  /// The documents that are not blank, in order.
  ///
  /// @throws DataException if there are none
  public static List<IdentifiedText> read(Path path) {
    List<IdentifiedText> documents = Files.isDirectory(path) ? folder(path) : TextFile.read(path);
    List<IdentifiedText> written =
        documents.stream().filter(document -> !document.text().isBlank()).toList();
    if (written.isEmpty()) {
      throw new DataException(
          path, Files.isDirectory(path) ? "holds no text in .txt or .md files" : "holds no text");
    }
    return written;
  }

  private static List<IdentifiedText> folder(Path folder) {
    var passages = new ArrayList<IdentifiedText>();
    for (Path file : textFiles(folder)) {
      String name = folder.relativize(file).toString().replace('\\', '/');
      int number = 0;
      for (String passage : passages(content(file))) {
        number++;
        passages.add(new IdentifiedText(name + "#" + number, passage));
      }
    }
    return passages;
  }

  /// The text cut at blank lines, neighbouring pieces joined while they stay short.
  static List<String> passages(String text) {
    var passages = new ArrayList<String>();
    var open = new StringBuilder();
    int words = 0;
    for (String paragraph : BLANK_LINES.split(text, -1)) {
      String stripped = paragraph.strip();
      int more = new StringTokenizer(stripped).countTokens();
      if (words > 0 && words + more > PASSAGE_WORDS) {
        passages.add(open.toString());
        open.setLength(0);
        words = 0;
      }
      if (more > 0) {
        open.append(words > 0 ? "\n\n" : "").append(stripped);
        words += more;
      }
    }
    if (words > 0) {
      passages.add(open.toString());
    }
    return passages;
  }

  private static List<Path> textFiles(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".txt") || file.toString().endsWith(".md"))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new DataException(folder, "cannot be listed: " + e.getMessage(), e);
    }
  }

  private static String content(Path file) {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new DataException(file, "is not UTF-8; convert it to UTF-8", e);
    } catch (IOException e) {
      throw new DataException(file, "cannot be read: " + e.getMessage(), e);
    }
  }
}
