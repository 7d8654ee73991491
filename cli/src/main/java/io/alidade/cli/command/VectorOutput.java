package io.alidade.cli.command;

import io.alidade.cli.Context;
import io.alidade.cli.engine.LoadedModel;
import io.alidade.core.Progress;
import io.alidade.core.Sha256;
import io.alidade.core.TextInput;
import io.alidade.core.UsageException;
import io.alidade.data.IdentifiedText;
import io.alidade.data.NpyFile;
import io.alidade.data.RowFile;
import io.alidade.data.VectorSpool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Where `embed` puts vectors.
sealed interface VectorOutput {
  /// The end of a file's name that has vectors alone, without ids.
  String NPY = ".npy";

  /// The columns of every other file, in DuckDB's words.
  Map<String, String> COLUMNS = columns();

  /// Embeds the inputs, which are those texts in their part, and puts the vectors there.
  void embed(
      LoadedModel model, List<IdentifiedText> texts, List<TextInput> inputs, Progress progress);

  /// The output that an option's value names; empty for standard output.
  static VectorOutput of(String output, Context context) {
    if (output.isEmpty()) {
      return new Stream(context);
    }
    if (!output.endsWith(NPY) && !output.endsWith(".jsonl") && !output.endsWith(".parquet")) {
      throw new UsageException(
          "--output %s: the name must end in .jsonl, .npy or .parquet".formatted(output));
    }
    return new File(Path.of(output), context);
  }

  private static Map<String, String> columns() {
    Map<String, String> columns = new LinkedHashMap<>();
    columns.put("id", "VARCHAR");
    columns.put("embedding", "FLOAT[]");
    return Collections.unmodifiableMap(columns);
  }

  /// One JSON object a text, as they come.
  record Stream(Context context) implements VectorOutput {
    @Override
    public void embed(
        LoadedModel model, List<IdentifiedText> texts, List<TextInput> inputs, Progress progress) {
      var ids = texts.iterator();
      Batches.embed(
          model.embedder(),
          inputs,
          0,
          progress,
          context.interruption(),
          vectors -> {
            for (float[] vector : vectors) {
              context.print(Line.of(ids.next().id(), vector).toString());
            }
            context.terminal().out().flush();
          });
    }
  }

  /// A file that appears when all is done; vectors on the way are kept beside it.
  record File(Path file, Context context) implements VectorOutput {
    @Override
    public void embed(
        LoadedModel model, List<IdentifiedText> texts, List<TextInput> inputs, Progress progress) {
      int dimensions = model.embedder().dimensions();
      try (VectorSpool spool = VectorSpool.open(file, key(model, texts, inputs), dimensions)) {
        Batches.embed(
            model.embedder(),
            inputs,
            spool.rows(),
            progress,
            context.interruption(),
            spool::append);
        if (file.toString().endsWith(NPY)) {
          NpyFile.write(file, texts.size(), dimensions, spool::forEach);
        } else {
          RowFile.write(file, COLUMNS, rows -> writeRows(texts, spool, rows));
        }
        spool.delete();
      }
    }

    private static void writeRows(
        List<IdentifiedText> texts, VectorSpool spool, Consumer<ObjectNode> rows) {
      var ids = texts.iterator();
      try {
        spool.forEach(vector -> rows.accept(Line.of(ids.next().id(), vector)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /// Everything the vectors depend on.
    private static String key(
        LoadedModel model, List<IdentifiedText> texts, List<TextInput> inputs) {
      MessageDigest digest = Sha256.digest();
      digest.update(model.description().toString().getBytes(StandardCharsets.UTF_8));
      texts.forEach(text -> digest.update((text.id() + "\0").getBytes(StandardCharsets.UTF_8)));
      inputs.forEach(text -> digest.update((text + "\0").getBytes(StandardCharsets.UTF_8)));
      return HexFormat.of().formatHex(digest.digest());
    }
  }

  /// A vector as JSON.
  final class Line {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Line() {}

    static ObjectNode of(String id, float[] vector) {
      var line = JSON.createObjectNode().put("id", id);
      var embedding = line.putArray("embedding");
      for (float value : vector) {
        embedding.add(value);
      }
      return line;
    }
  }
}
