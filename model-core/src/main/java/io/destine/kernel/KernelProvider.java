package io.destine.kernel;

import io.destine.config.ModelConfig;
import io.destine.config.Precision;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import java.util.Optional;

/**
 * Makes kernels of one kind. Providers are found as services, so that this package names no
 * implementation; a provider must load where its kernel cannot.
 */
public interface KernelProvider {

  /** Which choice it stands for. */
  KernelChoice choice();

  /** Why its kernel cannot run in this process, or empty when it can. */
  Optional<String> obstacle();

  /** Whether its kernel computes networks of a precision; where not, another kernel must. */
  boolean computes(Precision precision);

  /**
   * A kernel of float32 logits, for one thread.
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
   * @param layout of the parameters that it will be given
   * @param precision of the parameters that it will be given, one that the kernel computes
   */
  Kernel create(
      ModelConfig config, FieldLayout fields, ParameterLayout layout, Precision precision);
}
