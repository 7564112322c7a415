package io.destine.kernel.nd4j;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.FieldLayout;
import io.destine.kernel.Forward;
import io.destine.kernel.Kernel;
import io.destine.kernel.KernelChoice;
import io.destine.kernel.KernelProvider;
import io.destine.param.ParameterLayout;
import java.util.Optional;

/** Creates {@link Nd4jKernel}s. */
public final class Nd4jKernelProvider implements KernelProvider {

  @Override
  public KernelChoice choice() {
    return KernelChoice.ND4J;
  }

  @Override
  public Optional<String> obstacle() {
    try {
      Class.forName("org.nd4j.linalg.factory.Nd4j", false, getClass().getClassLoader());
      return Optional.empty();
    } catch (ClassNotFoundException e) {
      return Optional.of("the library nd4j-native is not on the class path");
    }
  }

  @Override
  public boolean computes(Precision precision) {
    return true;
  }

  @Override
  public Forward forward(ModelConfig config, FieldLayout fields, ParameterLayout layout) {
    return create(config, fields, layout, Precision.FLOAT32);
  }

  @Override
  public Kernel create(
      ModelConfig config, FieldLayout fields, ParameterLayout layout, Precision precision) {
    return new Nd4jKernel(config, fields, layout, precision);
  }
}
