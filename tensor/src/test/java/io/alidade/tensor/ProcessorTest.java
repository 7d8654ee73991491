package io.alidade.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessorTest {
  private static final String AVX512 =
      "flags\t\t: fpu avx2 avx512f avx512dq avx512cd avx512bw avx512vl";

  @Test
  void parse_amdWithAvx512_isNotIntel() {
    Processor processor = Processor.parse(List.of("vendor_id\t: AuthenticAMD", AVX512));
    assertThat(processor).isEqualTo(new Processor(false, true));
  }

  @Test
  void parse_intelWithAvx2Only_hasNoAvx512() {
    Processor processor =
        Processor.parse(List.of("vendor_id\t: GenuineIntel", "flags\t: fpu avx avx2"));
    assertThat(processor).isEqualTo(new Processor(true, false));
  }

  @Test
  void parse_nothing_isNeither() {
    assertThat(Processor.parse(List.of())).isEqualTo(new Processor(false, false));
  }
}
