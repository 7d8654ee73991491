package io.alidade.onnx.graph;

import io.alidade.core.AtomicFiles;
import io.alidade.core.Versions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Writes a graph as a `.onnx` file, a `ModelProto`. Weights are streamed, so that memory holds one
/// of them; a model above protobuf's limit of 2 GB gets its weights in a second file beside it,
/// `model.onnx_data` for `model.onnx`. Each file is there whole or not at all.
///
/// The format's classes are on Maven Central only for other purposes (see decision 0014), and want
/// a whole message in memory; the messages in use here are few.
public final class ModelFile {
  /// Attributes, operators and `LayerNormalization` of this version are read by ONNX Runtime 1.13
  /// and newer, and by every tool that runs sentence-transformers' exports.
  public static final int OPERATOR_SET = 17;

  /// The suffix that optimum and sentence-transformers look for beside a file.
  private static final String DATA_SUFFIX = "_data";

  private static final int FORMAT_VERSION = 8;
  private static final long PROTOBUF_LIMIT = Integer.MAX_VALUE;

  /// Smaller tensors stay in the model, where shape inference needs the shapes among them.
  private static final long SMALLEST_OUTSIDE = 1024;

  /// Lets a runtime map the file into memory.
  private static final long PAGE = 4096;

  /// An initializer with the bytes of its message that stand before its values.
  private record Entry(ProtoMessage description, Initializer tensor, boolean outside) {
    long bytes() {
      return description.size() + (outside ? 0 : tensor.bytes());
    }
  }

  private ModelFile() {}

  /// Writes the graph.
  ///
  /// @throws io.alidade.core.WriteFailure if a file cannot be written
  public static void write(Path file, Graph graph) {
    write(file, graph, PROTOBUF_LIMIT);
  }

  static void write(Path file, Graph graph, long limit) {
    byte[] rest = rest(graph);
    List<Entry> inside = graph.initializers().stream().map(ModelFile::inside).toList();
    byte[] head = head(graphBytes(rest, inside));
    if (head.length + graphBytes(rest, inside) <= limit) {
      write(file, head, rest, inside);
    } else {
      String dataFile = file.getFileName() + DATA_SUFFIX;
      List<Entry> entries = outside(graph, dataFile);
      writeData(file.resolveSibling(dataFile), entries);
      write(file, head(graphBytes(rest, entries)), rest, entries);
    }
  }

  private static void write(Path file, byte[] head, byte[] rest, List<Entry> entries) {
    AtomicFiles.write(
        file,
        out -> {
          out.write(head);
          out.write(rest);
          for (Entry entry : entries) {
            out.write(initializerTag(entry));
            out.write(entry.description().toBytes());
            if (!entry.outside()) {
              entry.tensor().content().writeTo(out);
            }
          }
        });
  }

  /// `ModelProto` up to the beginning of its graph.
  private static byte[] head(long graphBytes) {
    return new ProtoMessage()
        .integer(1, FORMAT_VERSION)
        .text(2, "alidade")
        .text(3, Versions.alidade())
        .message(8, new ProtoMessage().text(1, "").integer(2, OPERATOR_SET))
        .open(7, graphBytes)
        .toBytes();
  }

  /// `GraphProto` but for the initializers, which end it.
  private static byte[] rest(Graph graph) {
    var message = new ProtoMessage();
    graph.nodes().forEach(node -> message.message(1, GraphMessages.of(node)));
    message.text(2, graph.name());
    graph.inputs().forEach(input -> message.message(11, GraphMessages.of(input)));
    graph.outputs().forEach(output -> message.message(12, GraphMessages.of(output)));
    return message.toBytes();
  }

  private static long graphBytes(byte[] rest, List<Entry> entries) {
    return rest.length
        + entries.stream().mapToLong(entry -> initializerTag(entry).length + entry.bytes()).sum();
  }

  private static byte[] initializerTag(Entry entry) {
    return new ProtoMessage().open(5, entry.bytes()).toBytes();
  }

  private static Entry inside(Initializer tensor) {
    return new Entry(GraphMessages.describe(tensor).open(9, tensor.bytes()), tensor, false);
  }

  private static List<Entry> outside(Graph graph, String dataFile) {
    var entries = new ArrayList<Entry>();
    long offset = 0;
    for (Initializer tensor : graph.initializers()) {
      if (tensor.bytes() < SMALLEST_OUTSIDE) {
        entries.add(inside(tensor));
      } else {
        ProtoMessage description =
            GraphMessages.describe(tensor)
                .message(13, GraphMessages.entry("location", dataFile))
                .message(13, GraphMessages.entry("offset", offset))
                .message(13, GraphMessages.entry("length", tensor.bytes()))
                .integer(14, 1);
        entries.add(new Entry(description, tensor, true));
        offset += tensor.bytes() + padding(tensor);
      }
    }
    return entries;
  }

  private static void writeData(Path file, List<Entry> entries) {
    AtomicFiles.write(
        file,
        out -> {
          for (Entry entry : entries) {
            if (entry.outside()) {
              writePadded(out, entry.tensor());
            }
          }
        });
  }

  private static void writePadded(OutputStream out, Initializer tensor) throws IOException {
    tensor.content().writeTo(out);
    out.write(new byte[(int) padding(tensor)]);
  }

  /// How many bytes follow a tensor so that the next one starts on a page.
  private static long padding(Initializer tensor) {
    return Math.floorMod(-tensor.bytes(), PAGE);
  }
}
