package io.destine.optim;

import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;

/**
 * The arithmetic of an optimiser for an array of numbers with their state, in double. A new
 * optimiser is a new implementation of this interface.
 */
interface UpdateRule {

  /** The rule for table rows, with the same state and coefficients. */
  default UpdateRule ofRows() {
    return this;
  }

  /** Names of the state arrays of each parameter, such as moments. */
  String[] stateNames();

  /**
   * The common part of a step's updates, computed once a step.
   *
   * @param learningRate of the step
   * @param step number of the step, counted from 1
   */
  double[] coefficients(double learningRate, long step);

  /**
   * Updates {@code w[0 .. n)} with the gradient {@code g[0 .. n)}.
   *
   * @param state one array per state name, at least n long, changed in place
   * @param coefficients of the step
   */
  void update(double[] w, double[] g, double[][] state, int n, double[] coefficients);

  /** The rule for the weights of the wide part. */
  static UpdateRule ofWide(OptimizerConfig config) {
    return switch (config.wide().optimizer()) {
      case SAME -> of(config).ofRows();
      case ADAGRAD -> new Adagrad(OptimizerKind.ADAGRAD.epsilon());
      case FTRL -> new Ftrl(config.wide().l1(), config.wide().l2());
    };
  }

  /** The rule of a configuration. */
  static UpdateRule of(OptimizerConfig config) {
    return switch (config.kind()) {
      case SGD -> new Sgd();
      case ADAGRAD -> new Adagrad(config.epsilon());
      case ADAM -> new Adam(config.beta1(), config.beta2(), config.epsilon());
    };
  }
}
