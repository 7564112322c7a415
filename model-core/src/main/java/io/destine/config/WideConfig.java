package io.destine.config;

import java.io.Serializable;
import java.util.Objects;

/**
 * How the weights of the wide part are updated. Adagrad and FTRL have a learning rate of their own,
 * which follows the schedule in proportion. The penalty is l2 / 2 * ||w||^2 over all weights in
 * each step; for FTRL, l1 * ||w||_1 + l2 / 2 * ||w||^2 is added once to the loss of all steps.
 */
public record WideConfig(
    @Meaning(value = "optimiser of the weights of the wide part", preset = "same")
        WideOptimizer optimizer,
    @Meaning(
            value =
                "learning rate of the wide part; 0 means 0.05 for adagrad and ftrl, otherwise"
                    + " train.learning-rate",
            preset = "0")
        double learningRate,
    @Meaning(value = "lambda1 of ftrl, the L1 penalty", preset = "0") double l1,
    @Meaning(
            value = "penalty on the weights of the wide part, every step; lambda2 of ftrl",
            preset = "0")
        double l2)
    implements Serializable {

  private static final double ADAPTIVE_RATE = 0.05;

  public WideConfig {
    optimizer = Objects.requireNonNullElse(optimizer, WideOptimizer.SAME);
    Check.nonNegative("train.wide.learning-rate", learningRate);
    Check.nonNegative("train.wide.l1", l1);
    Check.nonNegative("train.wide.l2", l2);
    if (l1 > 0 && optimizer != WideOptimizer.FTRL) {
      throw SettingProblem.must("train.wide.l1", "0 unless train.wide.optimizer = ftrl", l1);
    }
  }

  /** Like all other parameters, without a penalty. */
  public static WideConfig defaults() {
    return Components.defaults(WideConfig.class);
  }

  /**
   * The learning rate before warm-up, scaling and cuts.
   *
   * @param others the learning rate of all other parameters
   */
  public double rate(double others) {
    if (learningRate > 0) {
      return learningRate;
    }
    return optimizer == WideOptimizer.SAME ? others : ADAPTIVE_RATE;
  }

  /** Whether every weight changes in every step. */
  public boolean decays() {
    return l2 > 0 && optimizer != WideOptimizer.FTRL;
  }
}
