package io.destine.optim;

import io.destine.config.OptimizerConfig;
import io.destine.param.Parameters;

/** Creates optimisers from their configuration. */
public final class Optimizers {
  private Optimizers() {}

  /** The configured optimiser for the given parameters, with fresh state. */
  public static Optimizer create(OptimizerConfig config, Parameters parameters) {
    return new LazyOptimizer(config, parameters);
  }
}
