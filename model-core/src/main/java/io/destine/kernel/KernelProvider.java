package io.destine.kernel;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import java.util.Optional;

/**
 * Creates kernels of one kind. Providers are found as services, so that this package does not
 * depend on implementations; a provider must be loadable even if its kernel is not.
 */
public interface KernelProvider {

  /** The choice that selects this provider. */
  KernelChoice choice();

  /** The reason why its kernel cannot run in this process; empty if it can. */
  Optional<String> obstacle();

  /** Whether its kernel supports a precision; if not, another kernel must be used. */
  boolean computes(Precision precision);

  /**
   * A forward pass in float32, for one thread.
   *
   * @param config the architecture
   * @param fields the fields of the rows
   * @param layout of the parameters that it will be given
   */
  Forward forward(ModelConfig config, FieldLayout fields, ParameterLayout layout);

  /**
   * A kernel for one thread.
   *
   * @param config the architecture
   * @param fields the fields of the rows
   * @param layout of the parameters to be used
   * @param precision of the parameters to be used, which the kernel must support
   */
  Kernel create(
      ModelConfig config, FieldLayout fields, ParameterLayout layout, Precision precision);
}
