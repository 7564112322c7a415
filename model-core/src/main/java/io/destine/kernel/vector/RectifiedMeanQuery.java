package io.destine.kernel.vector;

/**
 * A unary query with ReLU before attention, where the mean cannot be taken first:
 *
 * <pre>
 *   q_M = mean_m(max(W'q x_m + b'q, 0))
 * </pre>
 */
final class RectifiedMeanQuery implements UnaryPart {
  private static final int L = Lanes.LENGTH;

  private final Projections projection;
  private final LayerShape shape;
  private final LaneMatrix queries;
  private final int query;
  private final int gradient;
  private final Product forward;
  private final Product[] weightGradient = new Product[Lanes.BANKS];
  private final Product inputGradient;

  RectifiedMeanQuery(
      DenseTensors tensors,
      String name,
      LayerShape shape,
      Memory memory,
      Columns in,
      LaneMatrix x,
      LaneMatrix dx,
      LaneMatrix projected,
      AttentionScratch scratch) {
    this.shape = shape;
    int fields = shape.fields();
    int width = shape.heads().padded();
    query = projected.at(fields, shape.query());
    gradient = scratch.gradient.at(fields, shape.query());
    queries = LaneMatrix.reserve(memory, fields, width);
    projection = new Projections(tensors, in);
    projection.add(name, shape.heads(), 1, Projections.Bias.USED);
    projection.reserve(memory);
    forward =
        Product.broadcast(
            projection.byOutput(0),
            x.byRow(0, 0),
            new Operand(projection.bias(0), L, 0),
            queries.byColumn(0, 0),
            width,
            fields,
            in.extent());
    for (int bank = 0; bank < Lanes.BANKS; bank++) {
      Operand sums = projection.sums(bank, 0);
      weightGradient[bank] =
          Product.lanes(
              x.byColumn(0, 0), queries.byColumn(0, 0), sums, sums, in.padded(), width, fields);
    }
    inputGradient =
        Product.broadcast(
            projection.byInput(0),
            queries.byRow(0, 0),
            dx.byColumn(0, 0),
            dx.byColumn(0, 0),
            in.padded(),
            fields,
            shape.heads().extent());
  }

  @Override
  public void query(float[] s) {
    forward.run(s);
    int width = shape.heads().padded();
    for (int m = 0; m < shape.fields(); m++) {
      LaneMath.rectify(s, queries.at(m, 0), width);
    }
    LaneMath.sumRows(
        s, queries.at(), queries.rowStep(), shape.fields(), width, 1f / shape.fields(), query);
  }

  @Override
  public void logits(float[] s) {}

  /** The gradient of every rectified projection that counts is that of the query divided by M. */
  @Override
  public void backward(float[] s, int bank) {
    int width = shape.heads().padded();
    LaneMath.scale(s, gradient, width, 1f / shape.fields());
    for (int m = 0; m < shape.fields(); m++) {
      int row = queries.at(m, 0);
      LaneMath.rectifiedGradient(s, row, gradient, width, row);
    }
    weightGradient[bank].run(s);
    if (projection.hasBias()) {
      LaneMath.addSumOfRows(
          s, queries.at(), queries.rowStep(), shape.fields(), width, projection.biasSum(bank, 0));
    }
  }

  @Override
  public void addInputGradient(float[] s) {
    inputGradient.run(s);
  }
}
