package io.destine.optim;

import io.destine.param.Gradient;

/**
 * The Euclidean norm of a gradient of the mean loss, over dense tensors and touched rows, in a
 * fixed order.
 */
final class GradientNorm {
  private GradientNorm() {}

  static double of(Gradient gradient) {
    double sum = squares(gradient.dense()) + squares(gradient.embedding());
    if (gradient.wide() != null) {
      sum += squares(gradient.wide());
    }
    return Math.sqrt(sum) / gradient.weight();
  }

  /** Four interleaved sums: one alone would wait for each addition. */
  private static double squares(double[] values) {
    double a = 0;
    double b = 0;
    double c = 0;
    double e = 0;
    int i = 0;
    for (; i + 3 < values.length; i += 4) {
      a += values[i] * values[i];
      b += values[i + 1] * values[i + 1];
      c += values[i + 2] * values[i + 2];
      e += values[i + 3] * values[i + 3];
    }
    for (; i < values.length; i++) {
      a += values[i] * values[i];
    }
    return a + b + c + e;
  }
}
