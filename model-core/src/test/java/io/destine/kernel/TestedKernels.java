package io.destine.kernel;

import io.destine.kernel.nd4j.Nd4jKernelProvider;
import java.util.List;

/** The kernels that the same tests run on. */
final class TestedKernels {
  private TestedKernels() {}

  static List<KernelProvider> all() {
    return List.of(new Nd4jKernelProvider());
  }
}
