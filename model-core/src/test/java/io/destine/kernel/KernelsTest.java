package io.destine.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import org.junit.jupiter.api.Test;

class KernelsTest {

  @Test
  void autoFallsBackToNd4j() {
    assertThat(create(KernelChoice.AUTO).name()).isEqualTo("nd4j");
    assertThat(create(KernelChoice.ND4J).name()).isEqualTo("nd4j");
  }

  @Test
  void aKernelThatCannotRunIsRefusedWithTheReason() {
    assertThatThrownBy(() -> create(KernelChoice.VECTOR))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "compute.kernel must be a kernel that can run here, got vector: "
                + "it is not part of this build");
  }

  private static Kernel create(KernelChoice choice) {
    ModelConfig config = ModelConfig.builder().build();
    FieldLayout fields = FieldLayout.ofIds(3);
    return Kernels.create(
        choice, config, fields, ParameterLayout.of(config, fields), Precision.FLOAT32);
  }
}
