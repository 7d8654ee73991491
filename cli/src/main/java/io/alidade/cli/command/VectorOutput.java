package io.alidade.cli.command;

import io.alidade.cli.Context;
import io.alidade.cli.engine.LoadedModel;
import io.alidade.core.AtomicFiles;
import io.alidade.core.Progress;
import io.alidade.core.Sha256;
import io.alidade.core.TextInput;
import io.alidade.core.UsageException;
import io.alidade.data.IdentifiedText;
import io.alidade.data.NpyFile;
import io.alidade.data.VectorSpool;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/// Where `embed` puts vectors.
sealed interface VectorOutput {
  /// Embeds the inputs, which are those texts in their part, and puts the vectors there.
  void embed(
      LoadedModel model, List<IdentifiedText> texts, List<TextInput> inputs, Progress progress);

  /// The output that an option's value names; empty for standard output.
  static VectorOutput of(String output, Context context) {
    if (output.isEmpty()) {
      return new Stream(context);
    }
    boolean npy = output.endsWith(".npy");
    if (!npy && !output.endsWith(".jsonl")) {
      throw new UsageException(
          "--output %s: the name must end in .jsonl or .npy".formatted(output));
    }
    return new File(Path.of(output), npy, context);
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
              context.print(Line.of(ids.next().id(), vector));
            }
            context.terminal().out().flush();
          });
    }
  }

  /// A file that appears when all is done; vectors on the way are kept beside it.
  record File(Path file, boolean npy, Context context) implements VectorOutput {
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
        if (npy) {
          NpyFile.write(file, texts.size(), dimensions, spool::forEach);
        } else {
          AtomicFiles.write(file, out -> writeLines(texts, spool, out));
        }
        spool.delete();
      }
    }

    private static void writeLines(List<IdentifiedText> texts, VectorSpool spool, OutputStream out)
        throws IOException {
      var ids = texts.iterator();
      spool.forEach(
          vector -> {
            String line = Line.of(ids.next().id(), vector) + "\n";
            out.write(line.getBytes(StandardCharsets.UTF_8));
          });
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

  /// A vector as a line of JSON.
  final class Line {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private Line() {}

    static String of(String id, float[] vector) {
      var line = JSON.createObjectNode().put("id", id);
      var embedding = line.putArray("embedding");
      for (float value : vector) {
        embedding.add(value);
      }
      return line.toString();
    }
  }
}
