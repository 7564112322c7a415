package io.destine.kernel.nd4j;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.FieldLayout;
import io.destine.kernel.Kernel;
import io.destine.kernel.KernelChoice;
import io.destine.kernel.KernelProvider;
import io.destine.param.ParameterLayout;
import java.util.Optional;

/** Makes {@link Nd4jKernel}s. */
public final class Nd4jKernelProvider implements KernelProvider {

  @Override
  public KernelChoice choice() {
    return KernelChoice.ND4J;
  }

  /** None: it is the kernel that runs everywhere the project does. */
  @Override
  public Optional<String> obstacle() {
    return Optional.empty();
  }

  /** None: it is the reference. */
  @Override
  public Optional<String> gap(ModelConfig config, Precision precision) {
    return Optional.empty();
  }

  @Override
  public Kernel create(
      ModelConfig config, FieldLayout fields, ParameterLayout layout, Precision precision) {
    return new Nd4jKernel(config, fields, layout, precision);
  }
}
