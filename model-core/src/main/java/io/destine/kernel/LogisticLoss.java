package io.destine.kernel;

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

  /** The derivative of the loss by the logit. */
  public static double derivative(double logit, double label) {
    return probability(logit) - label;
  }

  /** 1 / (1 + exp(-z)). */
  static double probability(double logit) {
    double small = StrictMath.exp(-Math.abs(logit));
    return (logit >= 0 ? 1 : small) / (1 + small);
  }
}
