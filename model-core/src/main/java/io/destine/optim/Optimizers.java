package io.destine.optim;

import io.destine.config.OptimizerConfig;
import io.destine.param.Parameters;

/** Creates optimisers from their configuration. */
public final class Optimizers {
  private Optimizers() {}

  /** The configured optimiser for the given parameters, with fresh state. */
  public static StatefulOptimizer create(OptimizerConfig config, Parameters parameters) {
    return create(config, parameters, Runtime.getRuntime().availableProcessors());
  }

  /**
   * The configured optimiser for the given parameters, with fresh state.
   *
   * @param threads maximum number of threads that update table rows; results do not depend on it
   */
  public static StatefulOptimizer create(
      OptimizerConfig config, Parameters parameters, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, got " + threads);
    }
    return new LazyOptimizer(config, parameters, threads);
  }
}
