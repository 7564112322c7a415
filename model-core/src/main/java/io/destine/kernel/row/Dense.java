package io.destine.kernel.row;

/**
 * A projection y = W x + b of one vector.
 *
 * @param in length of x
 * @param out length of y
 * @param step out with lanes to spare
 * @param weights [in, step], W by its inputs
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

  /** Sets y, whose {@code step} numbers begin at the start of the array. */
  void apply(FieldLanes lanes, float[] x, int x0, float[] y) {
    System.arraycopy(bias, 0, y, 0, step);
    lanes.multiply(x, x0, 0, 1, weights, 0, step, y, 0, 0, 1, in, step);
  }
}
