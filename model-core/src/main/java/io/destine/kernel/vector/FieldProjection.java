package io.destine.kernel.vector;

/** A projection y_m = W x_m + b of the vectors of all fields of a bank, forward and backward. */
final class FieldProjection {
  private final int fields;
  private final int width;
  private final Projections projection;
  private final LaneMatrix y;
  private final Product forward;
  private final Product[] weightGradient = new Product[Lanes.BANKS];
  private final Product inputGradient;

  /**
   * The projection with the tensor name.weight, and name.bias if there is one.
   *
   * @param x [M, in]
   * @param dx [M, in], to which the gradient of x is added
   * @param in columns of x
   * @param out columns of y
   */
  FieldProjection(
      DenseTensors tensors,
      String name,
      Memory memory,
      int fields,
      Columns in,
      Columns out,
      LaneMatrix x,
      LaneMatrix dx) {
    this.fields = fields;
    width = out.padded();
    y = LaneMatrix.reserve(memory, fields, width);
    projection = new Projections(tensors, in);
    projection.add(name, out, 1, Projections.Bias.USED);
    projection.reserve(memory);
    forward =
        Product.broadcast(
            projection.byOutput(0),
            x.byRow(0, 0),
            new Operand(projection.bias(0), Lanes.LENGTH, 0),
            y.byColumn(0, 0),
            width,
            fields,
            in.extent());
    for (int bank = 0; bank < Lanes.BANKS; bank++) {
      Operand sums = projection.sums(bank, 0);
      weightGradient[bank] =
          Product.lanes(x.byColumn(0, 0), y.byColumn(0, 0), sums, sums, in.padded(), width, fields);
    }
    inputGradient =
        Product.broadcast(
            projection.byInput(0),
            y.byRow(0, 0),
            dx.byColumn(0, 0),
            dx.byColumn(0, 0),
            in.padded(),
            fields,
            out.extent());
  }

  /**
   * [M, out] after {@link #forward}; to be replaced by its gradient before the backward methods.
   */
  LaneMatrix y() {
    return y;
  }

  /** Number of columns of y, with padding. */
  int width() {
    return width;
  }

  /** Computes y. */
  void forward(float[] s) {
    forward.run(s);
  }

  /** Adds the gradients of W and b to their sums. */
  void backward(float[] s, int bank) {
    weightGradient[bank].run(s);
    if (projection.hasBias()) {
      LaneMath.addSumOfRows(s, y.at(), y.rowStep(), fields, width, projection.biasSum(bank, 0));
    }
  }

  /** Adds to the gradient of x. */
  void addInputGradient(float[] s) {
    inputGradient.run(s);
  }
}
