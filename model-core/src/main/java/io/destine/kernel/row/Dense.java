package io.destine.kernel.row;

/**
 * A projection y = W x + b.
 *
 * @param in length of x
 * @param out length of y
 * @param step out, padded with spare lanes
 * @param weights [in, step], the transpose of W
 * @param bias [step]
 */
record Dense(int in, int out, int step, float[] weights, float[] bias) {

  /** The projection of the tensors name.weight and name.bias. */
  static Dense of(DenseNumbers numbers, String name, int out, FieldLanes lanes) {
    float[] matrix = numbers.of(name + ".weight");
    int step = lanes.padded(out);
    float[] bias = new float[step];
    System.arraycopy(numbers.of(name + ".bias", out), 0, bias, 0, out);
    return new Dense(
        matrix.length / out, out, step, DenseNumbers.transposed(matrix, out, step), bias);
  }

  /**
   * Projects consecutive vectors.
   *
   * @param x [count, in], from {@code x0} on, {@code xStep} numbers from one vector to the next
   * @param y [count, step] from its start
   */
  void apply(FieldLanes lanes, float[] x, int x0, int xStep, float[] y, int count) {
    for (int i = 0; i < count; i++) {
      System.arraycopy(bias, 0, y, i * step, step);
    }
    lanes.multiply(x, x0, xStep, weights, y, count, in, step);
  }
}
