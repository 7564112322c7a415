package io.destine.kernel.vector;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.FieldLayout;
import io.destine.kernel.Forward;
import io.destine.kernel.Kernel;
import io.destine.kernel.KernelChoice;
import io.destine.kernel.KernelProvider;
import io.destine.numeric.VectorModule;
import io.destine.param.ParameterLayout;
import java.util.Optional;

/**
 * Creates {@link VectorKernel}s. Refers to no class of the vector module before the module is known
 * to be present.
 */
public final class VectorKernelProvider implements KernelProvider {
  @Override
  public KernelChoice choice() {
    return KernelChoice.VECTOR;
  }

  @Override
  public Optional<String> obstacle() {
    if (!VectorModule.isPresent()) {
      return Optional.of("this JVM runs without --add-modules " + VectorModule.NAME);
    }
    return Widths.obstacle();
  }

  @Override
  public boolean computes(Precision precision) {
    return precision == Precision.FLOAT32;
  }

  @Override
  public Forward forward(ModelConfig config, FieldLayout fields, ParameterLayout layout) {
    return new VectorForward(config, fields, layout);
  }

  @Override
  public Kernel create(
      ModelConfig config, FieldLayout fields, ParameterLayout layout, Precision precision) {
    return new VectorKernel(config, fields, layout);
  }

  /** Queries the vector module, which must be known to be present. */
  private static final class Widths {
    static Optional<String> obstacle() {
      int preferred = jdk.incubator.vector.FloatVector.SPECIES_PREFERRED.length();
      return preferred < 4
          ? Optional.of("this processor's vectors hold " + preferred + " floats, 4 are needed")
          : Optional.empty();
    }
  }
}
