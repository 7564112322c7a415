package io.destine.kernel.vector;

/** The projection Wr e [M, D] of the embeddings that is added behind the last layer. */
final class LastResidual {
  private final int fields;
  private final Columns heads;
  private final Projections projection;
  private final LaneMatrix out;
  private final Product forward;
  private final Product[] weightGradient = new Product[Lanes.BANKS];
  private final Product inputGradient;

  LastResidual(DenseTensors tensors, Memory memory, Columns heads, int fields, Bank bank) {
    this.fields = fields;
    this.heads = heads;
    Columns in = bank.columns();
    LaneMatrix e = bank.embeddings();
    LaneMatrix de = bank.gradient();
    projection = new Projections(tensors, in);
    projection.add("residual", heads, 1, Projections.Bias.USED);
    projection.reserve(memory);
    out = LaneMatrix.reserve(memory, fields, heads.padded());
    forward =
        Product.broadcast(
            projection.byOutput(0),
            e.byRow(0, 0),
            new Operand(projection.bias(0), Lanes.LENGTH, 0),
            out.byColumn(0, 0),
            heads.padded(),
            fields,
            in.extent());
    for (int b = 0; b < Lanes.BANKS; b++) {
      Operand sums = projection.sums(b, 0);
      weightGradient[b] =
          Product.lanes(
              e.byColumn(0, 0),
              out.byColumn(0, 0),
              sums,
              sums,
              in.padded(),
              heads.padded(),
              fields);
    }
    inputGradient =
        Product.broadcast(
            projection.byInput(0),
            out.byRow(0, 0),
            de.byColumn(0, 0),
            de.byColumn(0, 0),
            in.padded(),
            fields,
            heads.extent());
  }

  /** The projection, and after {@link #keepGradient} its gradient. */
  LaneMatrix out() {
    return out;
  }

  void forward(float[] s) {
    forward.run(s);
  }

  /** Takes the gradient of the projection, before the layers overwrite it. */
  void keepGradient(float[] s, LaneMatrix gradient) {
    for (int m = 0; m < fields; m++) {
      System.arraycopy(s, gradient.at(m, 0), s, out.at(m, 0), heads.padded() * Lanes.LENGTH);
    }
  }

  /** Adds to the sums and, after the layers have set it, to the gradient of the embeddings. */
  void backward(float[] s, int bank) {
    weightGradient[bank].run(s);
    if (projection.hasBias()) {
      LaneMath.addSumOfRows(
          s, out.at(), out.rowStep(), fields, heads.padded(), projection.biasSum(bank, 0));
    }
    inputGradient.run(s);
  }
}
