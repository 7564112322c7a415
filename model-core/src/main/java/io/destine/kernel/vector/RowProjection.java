package io.destine.kernel.vector;

import io.destine.param.ParameterLayout;
import java.util.Arrays;

/**
 * A projection y = W x + b of the rows of a block, W [out, in]. Vectors run along the columns, so
 * that a weight is read once for all rows of a block; sums over rows are in row order.
 */
final class RowProjection implements DenseTensors.Part {
  private final ParameterLayout.Tensor weight;
  private final ParameterLayout.Tensor bias;
  private final int in;
  private final int out;
  private final RowBlock x;
  private final RowBlock y;
  private final RowBlock weights;
  private final RowBlock transpose;
  private final RowBlock gradient;
  private final int biases;
  private final int biasGradient;
  private final Product forward;
  private final Product weightGradient;
  private final Product inputGradient;
  private final RowBlock dy;

  /**
   * The projection with the tensors name.weight and name.bias.
   *
   * @param x [rows, in]
   * @param y [rows, out]
   * @param dy gradient of y
   * @param dx gradient of x, which {@link #backward} sets; null when it is not needed
   */
  RowProjection(
      DenseTensors tensors,
      Memory memory,
      String name,
      RowBlock x,
      RowBlock y,
      RowBlock dy,
      RowBlock dx,
      int rows) {
    this.x = x;
    this.y = y;
    this.dy = dy;
    weight = tensors.tensor(name + ".weight");
    bias = tensors.tensor(name + ".bias");
    out = weight.shape().get(0);
    in = weight.size() / out;
    weights = RowBlock.reserve(memory, out, in);
    transpose = RowBlock.reserve(memory, in, out);
    gradient = RowBlock.reserve(memory, out, in);
    biases = RowBlock.reserve(memory, 1, out).at();
    biasGradient = RowBlock.reserve(memory, 1, out).at();
    int zero = RowBlock.reserve(memory, 1, 1).at();
    forward =
        Product.broadcast(
            x.byRow(),
            transpose.vectors(),
            new Operand(biases, 0, Lanes.LENGTH),
            y.results(),
            rows,
            RowBlock.vectors(out),
            in);
    weightGradient =
        Product.broadcast(
            dy.byColumn(),
            x.vectors(),
            gradient.results(),
            gradient.results(),
            out,
            RowBlock.vectors(in),
            rows);
    inputGradient =
        dx == null
            ? null
            : Product.broadcast(
                dy.byRow(),
                weights.vectors(),
                new Operand(zero, 0, 0),
                dx.results(),
                rows,
                RowBlock.vectors(in),
                out);
    tensors.add(this);
  }

  /** The width of y. */
  int outputs() {
    return out;
  }

  /** [rows, out], valid after {@link #forward}. */
  RowBlock y() {
    return y;
  }

  /** [rows, out], to be filled before {@link #backward}. */
  RowBlock dy() {
    return dy;
  }

  /** Computes y for the first {@code rows} rows of x. */
  void forward(float[] s, int rows) {
    forward.run(s, rows, in);
  }

  /** Adds to the sums of gradients, and sets the gradient of x. */
  void backward(float[] s, int rows) {
    weightGradient.run(s, out, rows);
    for (int n = 0; n < rows; n++) {
      int from = dy.at(n, 0);
      for (int o = 0; o < out; o++) {
        s[biasGradient + o] += s[from + o];
      }
    }
    if (inputGradient != null) {
      inputGradient.run(s, rows, out);
    }
  }

  @Override
  public void load(double[] dense, float[] s) {
    int from = weight.offset();
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        float value = (float) dense[from++];
        s[weights.at(o, i)] = value;
        s[transpose.at(i, o)] = value;
      }
      s[biases + o] = (float) dense[bias.offset() + o];
    }
  }

  @Override
  public void clear(float[] s) {
    Arrays.fill(s, gradient.at(), gradient.at(out, 0), 0);
    Arrays.fill(s, biasGradient, biasGradient + out, 0);
  }

  @Override
  public void collect(float[] s, float[] into) {
    for (int o = 0; o < out; o++) {
      System.arraycopy(s, gradient.at(o, 0), into, weight.offset() + o * in, in);
    }
    System.arraycopy(s, biasGradient, into, bias.offset(), out);
  }
}
