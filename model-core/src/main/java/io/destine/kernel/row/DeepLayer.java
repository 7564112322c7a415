package io.destine.kernel.row;

/**
 * A hidden layer of the MLP: linear, batch normalization with running statistics, ReLU.
 *
 * <pre>
 *   y = max(g (W x + b - mean) / sqrt(var + eps) + s, 0)
 * </pre>
 *
 * @param projection W and b
 * @param mean [n] running mean; null without normalization, like the following parameters
 * @param inverse [n] 1 / sqrt(var + eps)
 * @param scale [n] g
 * @param shift [n] s
 */
record DeepLayer(Dense projection, float[] mean, float[] inverse, float[] scale, float[] shift) {
  /** As in training. */
  private static final double EPSILON = 1e-5;

  static DeepLayer of(
      DenseNumbers numbers, String name, int out, boolean normalized, FieldLanes math) {
    Dense projection = Dense.of(numbers, name, out, math);
    if (!normalized) {
      return new DeepLayer(projection, null, null, null, null);
    }
    double[] means = numbers.statistic(name + ".norm.running_mean");
    double[] variances = numbers.statistic(name + ".norm.running_var");
    float[] mean = new float[out];
    float[] inverse = new float[out];
    for (int i = 0; i < out; i++) {
      mean[i] = (float) means[i];
      inverse[i] = (float) (1 / Math.sqrt(variances[i] + EPSILON));
    }
    return new DeepLayer(
        projection,
        mean,
        inverse,
        numbers.of(name + ".norm.weight"),
        numbers.of(name + ".norm.bias"));
  }

  /**
   * Sets y [count, step of the projection] for x [count, in].
   *
   * @param xStep numbers from one vector of x to the next
   */
  void apply(FieldLanes math, float[] x, int xStep, float[] y, int count) {
    projection.apply(math, x, 0, xStep, y, count);
    int n = projection.out();
    for (int r = 0; r < count; r++) {
      int at = r * projection.step();
      if (mean != null) {
        for (int i = 0; i < n; i++) {
          y[at + i] = (y[at + i] - mean[i]) * inverse[i] * scale[i] + shift[i];
        }
      }
      for (int i = 0; i < n; i++) {
        y[at + i] = Math.max(y[at + i], 0);
      }
    }
  }
}
