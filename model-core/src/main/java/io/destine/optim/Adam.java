package io.destine.optim;

/**
 * Adam (Kingma, Ba 2015): m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w -= lr m' / (sqrt(v') +
 * epsilon) with m' = m / (1 - b1^t), v' = v / (1 - b2^t). State: m and v, from 0. The step t of the
 * bias correction is the optimiser's step, even for table rows that are first touched in a later
 * step.
 *
 * <p>Table rows use the formula of PyTorch's sparse Adam, which adds epsilon before the bias
 * correction: sqrt(v') + epsilon / sqrt(1 - b2^t).
 */
final class Adam implements UpdateRule {
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final boolean epsilonFirst;

  Adam(double beta1, double beta2, double epsilon) {
    this(beta1, beta2, epsilon, false);
  }

  private Adam(double beta1, double beta2, double epsilon, boolean epsilonFirst) {
    this.epsilonFirst = epsilonFirst;
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
  }

  @Override
  public UpdateRule ofRows() {
    return new Adam(beta1, beta2, epsilon, true);
  }

  @Override
  public String[] stateNames() {
    return new String[] {"first_moment", "second_moment"};
  }

  @Override
  public double[] coefficients(double learningRate, long step) {
    return new double[] {
      learningRate / (1 - StrictMath.pow(beta1, (double) step)),
      Math.sqrt(1 - StrictMath.pow(beta2, (double) step))
    };
  }

  @Override
  public void update(double[] w, double[] g, double[][] state, int n, double[] coefficients) {
    double[] m = state[0];
    double[] v = state[1];
    double stepSize = coefficients[0];
    double root = coefficients[1];
    double added = epsilonFirst ? epsilon / root : epsilon;
    for (int i = 0; i < n; i++) {
      m[i] = beta1 * m[i] + (1 - beta1) * g[i];
      v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
      w[i] -= stepSize * m[i] / (Math.sqrt(v[i]) / root + added);
    }
  }
}
