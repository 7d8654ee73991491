package io.alidade.model.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PackedTokensTest {
  @Test
  void of_anySequences_spellsEachOneAgain() {
    for (long seed = 0; seed < 200; seed++) {
      List<int[]> sequences = random(seed);
      PackedTokens packed = PackedTokens.of(sequences);
      for (int i = 0; i < sequences.size(); i++) {
        assertThat(spelled(packed, i)).as("seed %d", seed).containsExactly(longs(sequences.get(i)));
      }
      int total = sequences.stream().mapToInt(s -> s.length).sum();
      assertThat(packed.rows()).isLessThanOrEqualTo(total);
    }
  }

  @Test
  void of_sharedInstruction_laysItDownOnce() {
    int[] instruction = {5, 6, 7, 8, 9, 10};
    List<int[]> sequences = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int[] sequence = Arrays.copyOf(instruction, 8);
      sequence[6] = 20 + i;
      sequence[7] = 2;
      sequences.add(sequence);
    }
    assertThat(PackedTokens.of(sequences).rows()).isEqualTo(6 + 4 * 2);
    assertThat(PackedTokens.withoutSharing(sequences).rows()).isEqualTo(4 * 8);
  }

  @Test
  void of_thousandsOfSequences_packsThemWithAndWithoutAnInstruction() {
    int count = 20_000;
    List<int[]> different = IntStream.range(0, count).mapToObj(i -> new int[] {i, 2}).toList();
    assertThat(PackedTokens.of(different).rows()).isEqualTo(count * 2);
    List<int[]> instructed =
        IntStream.range(0, count).mapToObj(i -> new int[] {5, 6, 7, 8, 9, i, 2}).toList();
    assertThat(PackedTokens.of(instructed).rows()).isEqualTo(5 + count * 2);
  }

  @Test
  void of_equalSequences_keepsATokenOfTheirOwn() {
    int[] sequence = {4, 5, 6, 7, 8, 2};
    assertThat(PackedTokens.of(List.of(sequence, sequence.clone())).rows()).isEqualTo(5 + 2);
  }

  @Test
  void of_emptySequence_isRefused() {
    assertThatThrownBy(() -> PackedTokens.of(List.of(new int[0])))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void balancedParts_anySequences_holdEachOnceAndAreBalanced() {
    for (long seed = 0; seed < 100; seed++) {
      List<int[]> sequences = random(seed);
      List<List<Integer>> parts = BalancedParts.of(sequences, 2, true);
      assertThat(parts.stream().flatMap(List::stream))
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, sequences.size()).boxed().toList());
      assertThat(parts.size()).isBetween(1, 2);
      int[] rows =
          parts.stream()
              .mapToInt(part -> PackedTokens.of(part.stream().map(sequences::get).toList()).rows())
              .toArray();
      int longest = sequences.stream().mapToInt(sequence -> sequence.length).max().orElseThrow();
      assertThat(Math.abs(rows[0] - (parts.size() == 2 ? rows[1] : 0)))
          .isLessThanOrEqualTo(longest);
    }
  }

  private static long[] spelled(PackedTokens packed, int sequence) {
    PackedTokens.Segment own =
        packed.segments().stream().filter(s -> s.sequence() == sequence).findFirst().orElseThrow();
    assertThat(packed.lastRows()[sequence]).isEqualTo(own.start() + own.length() - 1);
    var ids = new ArrayList<Long>();
    if (own.prefix() != PackedTokens.Segment.NO_PREFIX) {
      append(packed, packed.segments().get(own.prefix()), ids);
    }
    append(packed, own, ids);
    for (int i = 0; i < own.length(); i++) {
      assertThat(packed.positions()[own.start() + i]).isEqualTo(ids.size() - own.length() + i);
    }
    return ids.stream().mapToLong(Long::longValue).toArray();
  }

  private static void append(PackedTokens packed, PackedTokens.Segment segment, List<Long> ids) {
    for (int i = 0; i < segment.length(); i++) {
      ids.add(packed.ids()[segment.start() + i]);
    }
  }

  /// Few tokens and short lengths, so that shared prefixes of every shape occur.
  private static List<int[]> random(long seed) {
    var random = new SplittableRandom(seed);
    var sequences = new ArrayList<int[]>();
    for (int i = random.nextInt(1, 14); i > 0; i--) {
      sequences.add(random.ints(random.nextInt(1, 12), 0, 2).toArray());
    }
    return sequences;
  }

  private static long[] longs(int[] ids) {
    return Arrays.stream(ids).asLongStream().toArray();
  }
}
