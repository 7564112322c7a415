package io.destine.kernel.vector;

/**
 * A unary query with ReLU before attention, where the mean cannot be taken first:
 *
 * <pre>
 *   q_M = mean_m(max(W'q x_m + b'q, 0))
 * </pre>
 */
final class RectifiedMeanQuery implements UnaryPart {
  private final int fields;
  private final FieldProjection projection;
  private final LaneMatrix queries;
  private final int query;
  private final int gradient;

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
    fields = shape.fields();
    projection = new FieldProjection(tensors, name, memory, fields, in, shape.heads(), x, dx);
    queries = projection.y();
    query = projected.at(fields, shape.query());
    gradient = scratch.gradient.at(fields, shape.query());
  }

  @Override
  public void query(float[] s) {
    projection.forward(s);
    int width = projection.width();
    for (int m = 0; m < fields; m++) {
      LaneMath.rectify(s, queries.at(m, 0), width);
    }
    LaneMath.sumRows(s, queries.at(), queries.rowStep(), fields, width, 1f / fields, query);
  }

  @Override
  public void logits(float[] s) {}

  /** The gradient of every positive projection is that of the query divided by M. */
  @Override
  public void backward(float[] s, int bank) {
    int width = projection.width();
    LaneMath.scale(s, gradient, width, 1f / fields);
    for (int m = 0; m < fields; m++) {
      int row = queries.at(m, 0);
      LaneMath.rectifiedGradient(s, row, gradient, width, row);
    }
    projection.backward(s, bank);
  }

  @Override
  public void addInputGradient(float[] s) {
    projection.addInputGradient(s);
  }
}
