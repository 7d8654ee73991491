package io.alidade.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {
  @Test
  void of_typingSlip_findsTheName() {
    assertThat(NearestName.of("rnak", List.of("alpha", "rank", "dropout"))).contains("rank");
    assertThat(NearestName.of("learning_rat", List.of("seed", "learning_rate")))
        .contains("learning_rate");
  }

  @Test
  void of_somethingElse_findsNone() {
    assertThat(NearestName.of("completely", List.of("rank", "seed"))).isEmpty();
    assertThat(NearestName.of("x", List.of())).isEmpty();
  }

  @Test
  void distance_editsOfOneLetter_countsEach() {
    assertThat(NearestName.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(NearestName.distance("", "abc")).isEqualTo(3);
    assertThat(NearestName.distance("same", "same")).isZero();
  }
}
