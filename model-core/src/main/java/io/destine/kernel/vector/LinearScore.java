package io.destine.kernel.vector;

/**
 * A unary term that scores each field by a learnt vector per head, without using the keys: the
 * logit of field n is w_u . x_n.
 */
final class LinearScore implements UnaryPart {
  private static final int L = Lanes.LENGTH;

  private final LayerShape shape;
  private final AttentionHead[] heads;
  private final FieldProjection projection;
  private final LaneMatrix scores;

  LinearScore(
      DenseTensors tensors,
      String name,
      LayerShape shape,
      Memory memory,
      Columns in,
      LaneMatrix x,
      LaneMatrix dx,
      AttentionHead[] heads) {
    this.shape = shape;
    this.heads = heads;
    Columns out = new Columns(1, heads.length);
    projection = new FieldProjection(tensors, name, memory, shape.fields(), in, out, x, dx);
    scores = projection.y();
  }

  @Override
  public void query(float[] s) {}

  @Override
  public void logits(float[] s) {
    projection.forward(s);
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
    projection.backward(s, bank);
  }

  @Override
  public void addInputGradient(float[] s) {
    projection.addInputGradient(s);
  }
}
