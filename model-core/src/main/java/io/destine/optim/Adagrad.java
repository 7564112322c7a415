package io.destine.optim;

/**
 * Adagrad (Duchi, Hazan, Singer 2011): s += g^2; w -= lr * g / (sqrt(s) + epsilon). State: the sum
 * of squares, from 0.
 */
final class Adagrad implements UpdateRule {
  private final double epsilon;

  Adagrad(double epsilon) {
    this.epsilon = epsilon;
  }

  @Override
  public String[] stateNames() {
    return new String[] {"sum_of_squares"};
  }

  @Override
  public double[] coefficients(double learningRate, long step) {
    return new double[] {learningRate};
  }

  @Override
  public void update(double[] w, double[] g, double[][] state, int n, double[] coefficients) {
    double[] s = state[0];
    double learningRate = coefficients[0];
    for (int i = 0; i < n; i++) {
      s[i] += g[i] * g[i];
      w[i] -= learningRate * g[i] / (Math.sqrt(s[i]) + epsilon);
    }
  }
}
