package io.destine.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelsTest {

  @Test
  void autoTakesTheFastestThatComputesTheNetwork() {
    ModelConfig plain = ModelConfig.interaction().build();
    ModelConfig norm = plain.toBuilder().deep(List.of(4)).batchNorm(true).build();
    ModelConfig relu = plain.toBuilder().reluBeforeAttention(true).build();
    for (KernelChoice choice : List.of(KernelChoice.AUTO, KernelChoice.VECTOR)) {
      assertThat(create(choice, plain, Precision.FLOAT32).name()).isEqualTo("vector");
      assertThat(create(choice, plain, Precision.FLOAT64).name()).isEqualTo("nd4j");
      assertThat(create(choice, norm, Precision.FLOAT32).name()).isEqualTo("vector");
      assertThat(create(choice, relu, Precision.FLOAT32).name()).isEqualTo("vector");
    }
    assertThat(create(KernelChoice.ND4J, plain, Precision.FLOAT32).name()).isEqualTo("nd4j");
  }

  /** In a JVM of its own, since a module cannot be taken away from this one. */
  @Test
  void withoutTheModuleAutoIsNd4jAndVectorIsRefusedWithTheReason() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                WithoutModule.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output)
        .contains(
            "kernel nd4j: vector cannot run: this JVM runs without --add-modules"
                + " jdk.incubator.vector",
            "chosen: nd4j",
            "compute.kernel must be a kernel that can run here, got vector: this JVM runs without"
                + " --add-modules jdk.incubator.vector");
  }

  /** The main class of the JVM without the module. */
  static final class WithoutModule {
    private WithoutModule() {}

    public static void main(String[] arguments) {
      ModelConfig config = ModelConfig.interaction().build();
      System.out.println("chosen: " + create(KernelChoice.AUTO, config, Precision.FLOAT32).name());
      try {
        create(KernelChoice.VECTOR, config, Precision.FLOAT32);
      } catch (IllegalArgumentException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  private static Kernel create(KernelChoice choice, ModelConfig config, Precision precision) {
    FieldLayout fields = FieldLayout.ofIds(3);
    return Kernels.create(choice, config, fields, ParameterLayout.of(config, fields), precision);
  }
}
