package io.destine.optim;

/**
 * FTRL-Proximal (McMahan et al. 2013), for each number: z += g - (sqrt(n + g^2) - sqrt(n)) / lr *
 * w; n += g^2; w = 0 if |z| &lt;= lambda1, else -(z - sign(z) lambda1) / ((1 + sqrt(n)) / lr +
 * lambda2). State: z and n, from 0. Before a step, z of a w that is not 0 is set so that it gives
 * this w at the step's lr: w may come from a model, an average or a decay, and lr may have changed.
 * A gradient of 0 changes nothing.
 */
final class Ftrl implements UpdateRule {
  private static final double BETA = 1;

  private final double lambda1;
  private final double lambda2;

  Ftrl(double lambda1, double lambda2) {
    this.lambda1 = lambda1;
    this.lambda2 = lambda2;
  }

  @Override
  public String[] stateNames() {
    return new String[] {"proximal_sum", "sum_of_squares"};
  }

  @Override
  public double[] coefficients(double learningRate, long step) {
    return new double[] {learningRate};
  }

  @Override
  public void update(double[] w, double[] g, double[][] state, int n, double[] coefficients) {
    double[] z = state[0];
    double[] squares = state[1];
    double learningRate = coefficients[0];
    for (int i = 0; i < n; i++) {
      if (g[i] == 0) {
        continue;
      }
      double root = Math.sqrt(squares[i]);
      if (w[i] != 0) {
        z[i] = -w[i] * curvature(root, learningRate) - Math.signum(w[i]) * lambda1;
      }
      squares[i] += g[i] * g[i];
      double next = Math.sqrt(squares[i]);
      z[i] += g[i] - (next - root) / learningRate * w[i];
      w[i] =
          Math.abs(z[i]) <= lambda1
              ? 0
              : -(z[i] - Math.signum(z[i]) * lambda1) / curvature(next, learningRate);
    }
  }

  private double curvature(double root, double learningRate) {
    return (BETA + root) / learningRate + lambda2;
  }
}
