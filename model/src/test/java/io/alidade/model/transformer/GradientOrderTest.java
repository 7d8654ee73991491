package io.alidade.model.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class GradientOrderTest {

  @Test
  void begin_threadsStartedInReverse_addInTheOrderOfParts() throws Exception {
    var order = new GradientOrder();
    List<String> added = Collections.synchronizedList(new ArrayList<>());
    try (var threads = Executors.newFixedThreadPool(3)) {
      var parts = new ArrayList<Future<?>>();
      for (int part = 2; part >= 0; part--) {
        int own = part;
        parts.add(threads.submit(() -> run(order.of(own), own, added)));
      }
      for (Future<?> part : parts) {
        part.get();
      }
    }
    assertThat(added.stream().filter(each -> each.startsWith("place 0")))
        .containsExactly("place 0 part 0", "place 0 part 1", "place 0 part 2");
    assertThat(added.stream().filter(each -> each.startsWith("place 1")))
        .containsExactly("place 1 part 0", "place 1 part 1", "place 1 part 2");
  }

  private static void run(GradientOrder.Turn turn, int part, List<String> added) {
    for (int place = 1; place >= 0; place--) {
      turn.begin(place);
      added.add("place %d part %d".formatted(place, part));
      turn.end(place);
    }
  }

  @Test
  void begin_earlierPartFailed_endsWithItsFailure() throws Exception {
    var order = new GradientOrder();
    try (var threads = Executors.newFixedThreadPool(1)) {
      Future<?> second = threads.submit(() -> order.of(1).begin(0));
      var failure = new IllegalStateException("out of memory");
      assertThatThrownBy(
              () ->
                  order.guarded(
                      () -> {
                        throw failure;
                      }))
          .isSameAs(failure);
      assertThatThrownBy(second::get).isInstanceOf(ExecutionException.class).hasCause(failure);
    }
  }
}
