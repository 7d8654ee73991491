package io.alidade.synth.document;

import io.alidade.core.DataException;
import io.alidade.core.UsageException;
import io.alidade.data.IdentifiedText;
import io.alidade.data.TextFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Reads documents out of a file or a folder with all below it, in the order of their paths: plain
/// text and Markdown as they stand, HTML and PDF by Apache Tika, JSONL and Parquet of `{"id",
/// "text"}` with a document a line or row. Hidden files are passed over.
///
/// A document that cannot be read is skipped with a sentence; a broken line or row is an error,
/// since whoever writes such files writes them for us.
final class DocumentReader {
  private static final String NO_TEXT = "it holds no text; a scanned document needs OCR first";

  private final Path root;
  private final Consumer<Document> consumer;
  private final List<String> skipped = new ArrayList<>();
  private long documents;
  private long otherFiles;

  /// @param consumer gets each document, one in memory at a time but for JSONL and Parquet
  DocumentReader(Path root, Consumer<Document> consumer) {
    this.root = root;
    this.consumer = consumer;
  }

  /// Reads them all.
  ///
  /// @throws UsageException if there is nothing to read
  void read() {
    if (!Files.exists(root)) {
      throw new UsageException("documents.path: there is no file or folder " + root);
    }
    for (Path file : files()) {
      read(file);
    }
    if (documents == 0) {
      throw new UsageException(
          "documents.path: %s holds no document that can be read%s; put .txt, .md, .html, .pdf, .jsonl or .parquet files there"
              .formatted(root, skipped.isEmpty() ? "" : " (" + skipped.getFirst() + ")"));
    }
  }

  long documents() {
    return documents;
  }

  /// Files of formats that are not read.
  long otherFiles() {
    return otherFiles;
  }

  /// A sentence for each document that could not be read.
  List<String> skipped() {
    return List.copyOf(skipped);
  }

  private void read(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "txt", "text", "md", "markdown" -> add(file, Files::readString);
      case "html", "htm", "xhtml" -> add(file, ExtractedText::ofHtml);
      case "pdf" -> add(file, ExtractedText::ofPdf);
      case "jsonl", "parquet" -> addRows(file);
      default -> otherFiles++;
    }
  }

  /// Takes the text out of a file.
  @FunctionalInterface
  private interface Extraction {
    String textOf(Path file) throws IOException;
  }

  private void add(Path file, Extraction extraction) {
    try {
      String text = extraction.textOf(file);
      if (text.isBlank()) {
        skip(file, NO_TEXT);
      } else {
        give(new Document(id(file), text));
      }
    } catch (CharacterCodingException _) {
      skip(file, "it is not UTF-8; convert it to UTF-8");
    } catch (AccessDeniedException _) {
      skip(file, "access is denied");
    } catch (IOException e) {
      skip(file, String.valueOf(e.getMessage()));
    }
  }

  private void addRows(Path file) {
    String prefix = file.equals(root) ? "" : id(file) + "#";
    for (IdentifiedText row : TextFile.read(file)) {
      if (!row.text().isBlank()) {
        give(new Document(prefix + row.id(), row.text()));
      }
    }
  }

  private void give(Document document) {
    documents++;
    consumer.accept(document);
  }

  private void skip(Path file, String reason) {
    skipped.add("%s is skipped: %s".formatted(file, reason));
  }

  private String id(Path file) {
    Path shown = file.equals(root) ? file.getFileName() : root.relativize(file);
    return String.valueOf(shown).replace('\\', '/');
  }

  private List<Path> files() {
    try (Stream<Path> walk = Files.walk(root)) {
      return walk.filter(Files::isRegularFile)
          .filter(file -> file.equals(root) || !hidden(root.relativize(file)))
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new DataException(root, "cannot be listed: " + e.getMessage(), e);
    }
  }

  private static boolean hidden(Path relative) {
    for (Path part : relative) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }
}
