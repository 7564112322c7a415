package io.destine.kernel;

import io.destine.metric.Logits;

/**
 * Binary cross-entropy from the logit z and the label y, in double and with {@link StrictMath}, so
 * that it neither overflows nor depends on the machine:
 *
 * <pre>
 *   loss = max(z, 0) - y z + log(1 + exp(-|z|))       dloss/dz = 1 / (1 + exp(-z)) - y
 * </pre>
 */
public final class LogisticLoss {
  private LogisticLoss() {}

  /** The loss of one row. */
  public static double loss(double logit, double label) {
    return Math.max(logit, 0) - label * logit + StrictMath.log1p(StrictMath.exp(-Math.abs(logit)));
  }

  /** The derivative of the loss with respect to the logit. */
  public static double derivative(double logit, double label) {
    return Logits.probability(logit) - label;
  }
}
