package io.alidade.onnx;

import io.alidade.core.AlidadeException;
import io.alidade.core.DataException;
import io.alidade.core.Embedder;
import io.alidade.core.PromptTemplate;
import io.alidade.core.TextInput;
import io.alidade.model.head.Pooling;
import io.alidade.model.head.TextPooling;
import io.alidade.onnx.folder.SentenceFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// An encoder as ONNX, run by ONNX Runtime: what [io.alidade.onnx.export.EncoderExport],
/// sentence-transformers or optimum wrote.
///
/// Texts are taken by length, a batch at a time. Calls from several threads are served one after
/// the other, since each uses all cores.
public final class OnnxEmbedder implements Embedder {
  /// The hash of the weights that [#e5SmallV2] runs.
  public static final String E5_SMALL_V2_SHA256 =
      "b2a43b66f7f9b6f29643a21340ad7c03d2d91e6bd5d43429a77799a9ee880eb0";

  private static final int BATCH = 32;

  /// What E5's encoders want before queries and documents; they know no instructions.
  private static final PromptTemplate E5_PREFIXES =
      new PromptTemplate("query: {text}", "passage: ");

  /// What the embedder does to a text before it is cut into tokens, and when.
  ///
  /// @param maxTokens texts are cut to this many tokens, special tokens included
  private record Texts(String name, PromptTemplate template, boolean lowerCase, int maxTokens) {}

  private final Texts texts;
  private final TextTokens tokenizer;
  private final OnnxEncoder encoder;
  private final int dimensions;

  private OnnxEmbedder(Texts texts, TextTokens tokenizer, OnnxEncoder encoder) {
    this.texts = texts;
    this.tokenizer = tokenizer;
    this.encoder = encoder;
    try {
      // Not every file says how wide its vectors are.
      this.dimensions = encoder.vectors(tokenizer.encode(List.of("a")))[0].length;
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /// Opens a model's folder with `onnx/model.onnx` or `model.onnx` in it. Tokenizer, longest text,
  /// prompts and, if the graph gives no `sentence_embedding`, pooling are those of the folder's
  /// files.
  ///
  /// A query's instruction is used only if the folder's template has a place for it; else the
  /// prompt `query` stands before it, and `document` or `passage` before documents.
  ///
  /// @throws io.alidade.core.DataException if a file is missing, or asks for what is not supported
  public static OnnxEmbedder open(Path folder) {
    return open(OnnxFolder.read(folder));
  }

  /// Opens a folder that was read already.
  public static OnnxEmbedder open(OnnxFolder folder) {
    SentenceFolder settings = folder.settings();
    var use =
        new OnnxEncoder.Use(
            settings.paddingId(),
            pooling(folder),
            !settings.modules().denseFolders().isEmpty(),
            settings.truncated());
    try (InputStream tokenizer = Files.newInputStream(folder.tokenizer())) {
      // By its path, so that weights beside the file are found.
      var encoder =
          new OnnxEncoder(
              folder.model().toString(),
              use,
              environment -> environment.createSession(folder.model().toString()));
      return of(
          new Texts(folder.name(), settings.template(), settings.lowerCase(), settings.maxTokens()),
          tokenizer,
          encoder);
    } catch (IOException e) {
      throw new DataException(folder.tokenizer(), "cannot be read: " + e.getMessage(), e);
    }
  }

  private static Pooling pooling(OnnxFolder folder) {
    TextPooling pooling = folder.settings().modules().pooling();
    return pooling
        .single()
        .orElseThrow(
            () ->
                new DataException(
                    folder.folder(),
                    "pools by %s; one mode over all tokens can be run by ONNX Runtime"
                        .formatted(pooling)));
  }

  /// `intfloat/e5-small-v2` in fp32, which comes with Alidade's command line.
  public static OnnxEmbedder e5SmallV2() {
    String name = "intfloat/e5-small-v2";
    var use = new OnnxEncoder.Use(0, Pooling.MEAN, false, OptionalInt.empty());
    try (InputStream model = resource("/e5-small-v2.onnx");
        InputStream tokenizer = resource("/e5-small-v2-tokenizer.json")) {
      byte[] bytes = model.readAllBytes();
      return of(
          new Texts(name, E5_PREFIXES, false, 512),
          tokenizer,
          new OnnxEncoder(name, use, environment -> environment.createSession(bytes)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static OnnxEmbedder of(Texts texts, InputStream tokenizer, OnnxEncoder encoder) {
    TextTokens tokens;
    try {
      tokens = TextTokens.load(tokenizer, texts.maxTokens());
    } catch (RuntimeException e) {
      encoder.close();
      throw e;
    }
    return new OnnxEmbedder(texts, tokens, encoder);
  }

  private static InputStream resource(String path) {
    InputStream in = OnnxEmbedder.class.getResourceAsStream(path);
    if (in == null) {
      throw new AlidadeException(path + " is not on the class path");
    }
    return in;
  }

  @Override
  public String name() {
    return texts.name();
  }

  @Override
  public int dimensions() {
    return dimensions;
  }

  public PromptTemplate template() {
    return texts.template();
  }

  public int maxTokens() {
    return texts.maxTokens();
  }

  @Override
  public synchronized float[][] embed(List<TextInput> inputs) {
    List<Integer> byLength =
        IntStream.range(0, inputs.size())
            .boxed()
            .sorted(Comparator.comparingInt((Integer i) -> inputs.get(i).text().length()))
            .toList();
    float[][] vectors = new float[inputs.size()][];
    for (int start = 0; start < byLength.size(); start += BATCH) {
      List<Integer> members = byLength.subList(start, Math.min(start + BATCH, byLength.size()));
      List<String> rendered = members.stream().map(i -> render(inputs.get(i))).toList();
      float[][] rows = encoder.vectors(tokenizer.encode(rendered));
      for (int i = 0; i < rows.length; i++) {
        vectors[members.get(i)] = rows[i];
      }
    }
    return vectors;
  }

  private String render(TextInput input) {
    String rendered = texts.template().render(input);
    return texts.lowerCase() ? rendered.toLowerCase(Locale.ROOT) : rendered;
  }

  @Override
  public void close() {
    encoder.close();
    tokenizer.close();
  }
}
