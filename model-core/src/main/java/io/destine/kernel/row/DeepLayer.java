package io.destine.kernel.row;

/**
 * A hidden layer of the MLP: linear, batch normalization with running statistics, ReLU.
 *
 * <pre>
 *   y = max(g (W x + b - mean) / sqrt(var + eps) + s, 0)
 * </pre>
 *
 * @param projection W and b
 * @param mean [n] running mean; null without normalization, like the following
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

  /** Sets y [step] for x [in]. */
  void apply(FieldLanes math, float[] x, float[] y) {
    projection.apply(math, x, 0, y);
    int n = projection.out();
    if (mean != null) {
      for (int i = 0; i < n; i++) {
        y[i] = (y[i] - mean[i]) * inverse[i] * scale[i] + shift[i];
      }
    }
    for (int i = 0; i < n; i++) {
      y[i] = Math.max(y[i], 0);
    }
  }
}
