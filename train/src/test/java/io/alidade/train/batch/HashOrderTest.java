package io.alidade.train.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HashOrderTest {
  @Test
  void of_anyHashes_isTheirUnsignedOrderAndThenThatOfTies() {
    var random = new SplittableRandom(1);
    long[] hashes = random.longs(5000).map(hash -> hash % 3 == 0 ? hash % 100 : hash).toArray();
    int[] expected =
        IntStream.range(0, hashes.length)
            .boxed()
            .sorted(
                Comparator.<Integer, Long>comparing(i -> hashes[i], Long::compareUnsigned)
                    .thenComparing(Comparator.reverseOrder()))
            .mapToInt(Integer::intValue)
            .toArray();
    assertThat(HashOrder.of(hashes, (a, b) -> b - a)).isEqualTo(expected);
    assertThat(HashOrder.of(new long[0], (_, _) -> 0)).isEmpty();
  }
}
