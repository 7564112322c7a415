package io.destine.kernel.vector;

/**
 * A unary term that scores each field by a learnt vector per head, without meeting the keys: the
 * logit of field n is w_u . x_n.
 */
final class LinearScore implements UnaryPart {
  private static final int L = Lanes.LENGTH;

  private final LayerShape shape;
  private final AttentionHead[] heads;
  private final LaneMatrix scores;
  private final Product forward;
  private final Product[] weightGradient = new Product[Lanes.BANKS];
  private final Product inputGradient;

  LinearScore(
      DenseTensors tensors,
      String name,
      LayerShape shape,
      Memory memory,
      Columns in,
      LaneMatrix x,
      LaneMatrix dx,
      AttentionHead[] heads,
      AttentionScratch scratch) {
    this.shape = shape;
    this.heads = heads;
    int fields = shape.fields();
    Columns outs = new Columns(1, heads.length);
    scores = LaneMatrix.reserve(memory, fields, heads.length);
    Projections projection = new Projections(tensors, in);
    projection.add(name, outs, 1, Projections.Bias.DEAD);
    projection.reserve(memory);
    forward =
        Product.broadcast(
            projection.byOutput(0),
            x.byRow(0, 0),
            new Operand(scratch.zeros, 0, 0),
            scores.byColumn(0, 0),
            outs.padded(),
            fields,
            in.extent());
    for (int bank = 0; bank < Lanes.BANKS; bank++) {
      Operand sums = projection.sums(bank, 0);
      weightGradient[bank] =
          Product.lanes(
              x.byColumn(0, 0),
              scores.byColumn(0, 0),
              sums,
              sums,
              in.padded(),
              outs.padded(),
              fields);
    }
    inputGradient =
        Product.broadcast(
            projection.byInput(0),
            scores.byRow(0, 0),
            dx.byColumn(0, 0),
            dx.byColumn(0, 0),
            in.padded(),
            fields,
            heads.length);
  }

  @Override
  public void query(float[] s) {}

  @Override
  public void logits(float[] s) {
    forward.run(s);
    for (int h = 0; h < heads.length; h++) {
      for (int n = 0; n < shape.fields(); n++) {
        System.arraycopy(s, scores.at(n, h), s, heads[h].weights().at(shape.fields(), n), L);
      }
    }
  }

  @Override
  public void backward(float[] s, int bank) {
    for (int h = 0; h < heads.length; h++) {
      for (int n = 0; n < shape.fields(); n++) {
        System.arraycopy(s, heads[h].gradient().at(shape.fields(), n), s, scores.at(n, h), L);
      }
    }
    weightGradient[bank].run(s);
  }

  @Override
  public void addInputGradient(float[] s) {
    inputGradient.run(s);
  }
}
