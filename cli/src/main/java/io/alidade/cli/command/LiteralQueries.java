package io.alidade.cli.command;

import io.alidade.core.Embedder;
import io.alidade.core.TextInput;
import java.util.List;

/// An embedder that takes the instruction of a query for a prompt, and puts it before the text as
/// it is. Closing it closes nothing.
record LiteralQueries(Embedder embedder) implements Embedder {

  @Override
  public String name() {
    return embedder.name();
  }

  @Override
  public int dimensions() {
    return embedder.dimensions();
  }

  @Override
  public float[][] embed(List<TextInput> inputs) {
    return embedder.embed(inputs.stream().map(LiteralQueries::literal).toList());
  }

  private static TextInput literal(TextInput input) {
    return input instanceof TextInput.Query(String prompt, String text)
        ? TextInput.prompted(prompt, text)
        : input;
  }

  @Override
  public void close() {
    // Whoever opened the embedder closes it.
  }
}
