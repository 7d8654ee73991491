package io.alidade.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AlidadeHomeTest {
  private static final Path USER = Path.of("/home/user");

  @Test
  void path_variables_inTheirOrder() {
    assertThat(AlidadeHome.path(Map.of("ALIDADE_HOME", "/big", "XDG_CACHE_HOME", "/x"), USER))
        .isEqualTo(Path.of("/big"));
    assertThat(AlidadeHome.path(Map.of("ALIDADE_HOME", "", "XDG_CACHE_HOME", "/x"), USER))
        .isEqualTo(Path.of("/x/alidade"));
    assertThat(AlidadeHome.path(Map.of(), USER)).isEqualTo(USER.resolve(".cache/alidade"));
  }
}
