package io.destine.optim;

/** Stochastic gradient descent: w -= lr * g. */
final class Sgd implements UpdateRule {

  @Override
  public String[] stateNames() {
    return new String[0];
  }

  @Override
  public double[] coefficients(double learningRate, long step) {
    return new double[] {learningRate};
  }

  @Override
  public void update(double[] w, double[] g, double[][] state, int n, double[] coefficients) {
    double learningRate = coefficients[0];
    for (int i = 0; i < n; i++) {
      w[i] -= learningRate * g[i];
    }
  }
}
