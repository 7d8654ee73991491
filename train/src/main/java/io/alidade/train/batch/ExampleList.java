package io.alidade.train.batch;

import io.alidade.core.Example;
import java.util.Arrays;
import java.util.List;

/// Examples in memory.
public final class ExampleList implements ExampleStore {
  private final List<Member> members;
  private final ExampleTable table = new ExampleTable();

  public ExampleList(List<Example> examples) {
    this.members = examples.stream().map(Member::of).toList();
    examples.forEach(example -> table.add(example, List.of(example.instruction()), true));
  }

  @Override
  public ExampleTable table() {
    return table;
  }

  @Override
  public List<Member> read(int[] numbers, int epoch) {
    return Arrays.stream(numbers).mapToObj(members::get).toList();
  }
}
