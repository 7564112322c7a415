package io.destine.kernel;

import io.destine.metric.Logits;

/**
 * The consistency loss between the predictions of two branches, attention and MLP. The logit is z =
 * a + b + rest, with the term a of attention and b of the MLP; the predictions of the single
 * branches are z_a = rest + 2 a and z_b = rest + 2 b, whose mean is z. The loss of a row adds to
 * the cross-entropy of z
 *
 * <pre>
 *   lambda (CE(z_a, p) + CE(z_b, p))     p = sigmoid(z), a constant in the derivative
 * </pre>
 *
 * so that with g_a = sigmoid(z_a) - p, 2 lambda g_a is added to the gradient of a, and lambda (g_a
 * + g_b) to that of the rest. With lambda = 0 both terms have the gradient of the logit.
 */
public final class Branches {
  private final double lambda;
  private final double[] dlogits;
  private final double[] attention;
  private final double[] deep;
  private final double[] dattention;
  private final double[] ddeep;

  /**
   * Allocates the terms of as many rows as the gradient has.
   *
   * @param lambda the weight of the consistency
   * @param dlogits [B] gradient of the logits, completed by {@link #backward}
   */
  public Branches(double lambda, double[] dlogits) {
    this.lambda = lambda;
    this.dlogits = dlogits;
    attention = new double[dlogits.length];
    deep = new double[dlogits.length];
    dattention = lambda > 0 ? new double[dlogits.length] : dlogits;
    ddeep = lambda > 0 ? new double[dlogits.length] : dlogits;
  }

  /** Whether the terms are needed: false without consistency. */
  public boolean differ() {
    return lambda > 0;
  }

  /** a [B], to be filled. */
  public double[] attention() {
    return attention;
  }

  /** b [B], to be filled. */
  public double[] deep() {
    return deep;
  }

  /** The gradient of a [B]. */
  public double[] dattention() {
    return dattention;
  }

  /** The gradient of b [B]. */
  public double[] ddeep() {
    return ddeep;
  }

  /**
   * Adds the gradient of a row's consistency loss to the gradients.
   *
   * @param logit z
   * @param weight of the row
   */
  public void backward(int row, double logit, double weight) {
    if (!differ()) {
      return;
    }
    double apart = attention[row] - deep[row];
    double p = Logits.probability(logit);
    double ga = lambda * weight * LogisticLoss.derivative(logit + apart, p);
    double gb = lambda * weight * LogisticLoss.derivative(logit - apart, p);
    double g = dlogits[row];
    dattention[row] = g + 2 * ga;
    ddeep[row] = g + 2 * gb;
    dlogits[row] = g + ga + gb;
  }
}
