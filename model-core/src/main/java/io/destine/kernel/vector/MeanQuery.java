package io.destine.kernel.vector;

/**
 * A unary query: the projection of the mean field, multiplied with the keys like the queries of the
 * fields:
 *
 * <pre>
 *   q_M = W'q mean_m(x_m) + b'q
 * </pre>
 */
final class MeanQuery implements UnaryPart {
  private static final int L = Lanes.LENGTH;

  private final Projections projection;
  private final LayerShape shape;
  private final AttentionScratch scratch;
  private final int inputs;
  private final Product forward;
  private final Product[] weightGradient = new Product[Lanes.BANKS];
  private final Product meanGradient;
  private final int gradient;

  /**
   * @param mean of the layer's input
   */
  MeanQuery(
      DenseTensors tensors,
      String name,
      LayerShape shape,
      Memory memory,
      Columns in,
      int mean,
      LaneMatrix projected,
      AttentionScratch scratch) {
    this.shape = shape;
    this.scratch = scratch;
    inputs = in.padded();
    projection = new Projections(tensors, in);
    projection.add(name, shape.heads(), 1, Projections.Bias.USED);
    projection.reserve(memory);
    int width = shape.heads().padded();
    gradient = scratch.gradient.at(shape.fields(), shape.query());
    forward =
        Product.broadcast(
            projection.byOutput(0),
            new Operand(mean, 0, L),
            new Operand(projection.bias(0), L, 0),
            new Operand(projected.at(shape.fields(), shape.query()), L, 0),
            width,
            1,
            in.extent());
    for (int bank = 0; bank < Lanes.BANKS; bank++) {
      Operand sums = projection.sums(bank, 0);
      weightGradient[bank] =
          Product.lanes(
              new Operand(mean, L, 0), new Operand(gradient, L, 0), sums, sums, inputs, width, 1);
    }
    meanGradient =
        Product.broadcast(
            projection.byInput(0),
            new Operand(gradient, 0, L),
            new Operand(scratch.zeros, 0, 0),
            new Operand(scratch.mean, L, 0),
            inputs,
            1,
            shape.heads().extent());
  }

  @Override
  public void query(float[] s) {
    forward.run(s);
  }

  @Override
  public void logits(float[] s) {}

  @Override
  public void backward(float[] s, int bank) {
    weightGradient[bank].run(s);
    if (projection.hasBias()) {
      int sum = projection.biasSum(bank, 0);
      LaneMath.add(s, sum, gradient, shape.heads().padded(), sum);
    }
    meanGradient.run(s);
    LaneMath.scale(s, scratch.mean, inputs, 1f / shape.fields());
  }

  /** Does nothing: the query depends only on the mean. */
  @Override
  public void addInputGradient(float[] s) {}
}
