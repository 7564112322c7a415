package io.destine.kernel;

import io.destine.config.Precision;
import io.destine.kernel.nd4j.Nd4jKernelProvider;
import io.destine.kernel.vector.VectorKernelProvider;
import java.util.List;

/** The kernels that the same tests run on. */
final class TestedKernels {
  private TestedKernels() {}

  static List<KernelProvider> all() {
    return List.of(new Nd4jKernelProvider(), new VectorKernelProvider());
  }

  /** Those that compute every network in float64. */
  static List<KernelProvider> exact() {
    return all().stream().filter(provider -> provider.computes(Precision.FLOAT64)).toList();
  }
}
