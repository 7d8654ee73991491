package io.alidade.eval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// Finds the documents with the highest dot product to a query by comparing with all of them. Ties
/// fall as [Hit#TREC_ORDER] has them, so that a result never depends on threads or on the order in
/// which documents were added.
///
/// Documents lie in blocks, transposed: `[dimensions, BLOCK]`. One component of the query then
/// multiplies a run of neighbouring floats, which the compiler turns into vector instructions, and
/// a block stays in the cache while many queries pass over it. Each score is summed in the order of
/// the dimensions, in single precision.
public final class ExactSearch {
  private static final int BLOCK = 256;

  private final int dimensions;
  private final List<String> ids;

  /// The block of each number, transposed.
  private final IntFunction<float[]> blocks;

  /// The place of each document among all, by descending id: the smaller wins a tie.
  private final int[] tieOrder;

  private ExactSearch(int dimensions, List<String> ids, IntFunction<float[]> blocks) {
    this.dimensions = dimensions;
    this.ids = List.copyOf(ids);
    this.blocks = blocks;
    this.tieOrder = tieOrder(this.ids);
  }

  public static Builder builder(int dimensions) {
    return new Builder(dimensions);
  }

  /// A search over vectors that lie elsewhere, such as in a file: a block of them is fetched at a
  /// time, once for all queries of a search and thread, and none is held.
  ///
  /// @param vectors the vector of each document, by its place among the ids; threads share it
  public static ExactSearch over(int dimensions, List<String> ids, IntFunction<float[]> vectors) {
    int size = ids.size();
    return new ExactSearch(
        dimensions,
        ids,
        block -> {
          float[] transposed = new float[dimensions * BLOCK];
          int first = block * BLOCK;
          for (int i = first; i < Math.min(first + BLOCK, size); i++) {
            put(vectors.apply(i), transposed, i - first, dimensions);
          }
          return transposed;
        });
  }

  private static void put(float[] vector, float[] block, int place, int dimensions) {
    checkLength(vector, dimensions);
    for (int d = 0; d < dimensions; d++) {
      block[d * BLOCK + place] = vector[d];
    }
  }

  /// Takes documents one by one, so that a large corpus is never held twice.
  public static final class Builder {
    private final int dimensions;
    private final List<String> ids = new ArrayList<>();
    private final List<float[]> blocks = new ArrayList<>();

    private Builder(int dimensions) {
      this.dimensions = dimensions;
    }

    public Builder add(String id, float[] vector) {
      checkLength(vector, dimensions);
      int place = ids.size() % BLOCK;
      if (place == 0) {
        blocks.add(new float[dimensions * BLOCK]);
      }
      put(vector, blocks.getLast(), place, dimensions);
      ids.add(id);
      return this;
    }

    public ExactSearch build() {
      return new ExactSearch(dimensions, ids, List.copyOf(blocks)::get);
    }
  }

  public int size() {
    return ids.size();
  }

  /// The k best documents for one query, best first; fewer if there are fewer.
  public List<Hit> search(float[] query, int k) {
    return search(new float[][] {query}, k, 1).getFirst();
  }

  /// The k best documents for each of the queries `[queries, dimensions]`, on so many threads.
  public List<List<Hit>> search(float[][] queries, int k, int threads) {
    for (float[] query : queries) {
      checkLength(query, dimensions);
    }
    var tops = new TopHits[queries.length];
    int ranges = Math.max(1, Math.min(threads, queries.length));
    Parallel.forEach(
        ranges,
        threads,
        r ->
            scan(queries, queries.length * r / ranges, queries.length * (r + 1) / ranges, k, tops));
    return Arrays.stream(tops).map(top -> top.hits(ids)).toList();
  }

  private void scan(float[][] queries, int from, int to, int k, TopHits[] tops) {
    for (int q = from; q < to; q++) {
      tops[q] = new TopHits(Math.min(k, ids.size()), tieOrder);
    }
    float[] scores = new float[BLOCK];
    for (int first = 0; first < ids.size(); first += BLOCK) {
      float[] block = blocks.apply(first / BLOCK);
      int count = Math.min(BLOCK, ids.size() - first);
      for (int q = from; q < to; q++) {
        dotProducts(queries[q], block, scores);
        for (int i = 0; i < count; i++) {
          tops[q].offer(first + i, scores[i]);
        }
      }
    }
  }

  private static void dotProducts(float[] query, float[] block, float[] scores) {
    Arrays.fill(scores, 0);
    for (int d = 0; d < query.length; d++) {
      float x = query[d];
      int row = d * BLOCK;
      for (int i = 0; i < BLOCK; i++) {
        scores[i] += x * block[row + i];
      }
    }
  }

  private static int[] tieOrder(List<String> ids) {
    int[] order = new int[ids.size()];
    int[] descending =
        IntStream.range(0, ids.size())
            .boxed()
            .sorted(Comparator.comparing(ids::get, (a, b) -> Hit.compareCodePoints(b, a)))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int place = 0; place < descending.length; place++) {
      order[descending[place]] = place;
    }
    return order;
  }

  private static void checkLength(float[] vector, int dimensions) {
    if (vector.length != dimensions) {
      throw new IllegalArgumentException(
          "a vector of %d dimensions is needed, got %d".formatted(dimensions, vector.length));
    }
  }
}
