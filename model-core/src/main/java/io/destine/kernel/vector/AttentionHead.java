package io.destine.kernel.vector;

import io.destine.config.ModelConfig;
import io.destine.kernel.Dropout;

/**
 * One head of a layer: attention weights from queries and keys, and the values weighted by them.
 *
 * <pre>
 *   a(t) = softmax_n(q_t . k_n)     z_t += sum_n a(t, n) v_n
 * </pre>
 *
 * <p>With dropout the mask r applies to the sum of both terms, so each field has a separate line:
 *
 * <pre>
 *   z_m += sum_n r(m, n) (p(m, n) + u(n)) v_n
 * </pre>
 */
final class AttentionHead {
  private final LayerShape shape;
  private final LaneMatrix weights;
  private final LaneMatrix gradient;
  private final LaneMatrix projected;
  private final int keys;
  private final int values;

  /** [c, M] the head's keys or values of all fields, transposed. */
  private final LaneMatrix turned;

  private final AttentionMask mask;
  private final Product compare;
  private final Product queryGradient;
  private final Product keyGradient;
  private final Mixing plain;
  private final Mixing masked;
  private Mixing mixing;

  /**
   * The products of weights with values: over all lines, or over the masked lines of the fields.
   */
  private record Mixing(Product mix, Product weightGradient, Product valueGradient) {}

  /**
   * @param layer l, counted from 0
   * @param head counted from 0
   * @param projected queries, keys, values and residuals of the fields
   */
  AttentionHead(
      ModelConfig config,
      LayerShape shape,
      Memory memory,
      int layer,
      int head,
      LaneMatrix projected,
      AttentionScratch scratch) {
    this.shape = shape;
    weights = shape.lines(memory);
    gradient = scratch.weights[head];
    turned = scratch.turned;
    this.projected = projected;
    mask =
        config.attentionDropout() > 0
            ? new AttentionMask(config, shape, memory, layer, head)
            : null;
    int column = head * shape.heads().groupStep();
    int from = shape.fromLine();
    int queries = shape.toQuery() - from;
    int c = shape.heads().width();
    int wide = shape.heads().groupStep();
    Operand zero = new Operand(scratch.zeros, 0, 0);
    if (queries > 0) {
      compare =
          Product.lanes(
              projected.byRow(from, shape.query() + column),
              turned.byColumn(0, 0),
              zero,
              weights.byRow(from, 0),
              queries,
              shape.fields(),
              c);
      queryGradient =
          Product.lanes(
              gradient.byRow(from, 0),
              projected.byColumn(0, shape.key() + column),
              zero,
              scratch.gradient.byRow(from, shape.query() + column),
              queries,
              wide,
              shape.fields());
      keyGradient =
          Product.lanes(
              projected.byColumn(from, shape.query() + column),
              gradient.byColumn(from, 0),
              zero,
              scratch.gradient.byColumn(0, shape.key() + column),
              wide,
              shape.fields(),
              queries);
    } else {
      compare = null;
      queryGradient = null;
      keyGradient = null;
    }
    keys = shape.key() + column;
    values = shape.value() + column;
    int mixedAt = shape.mixed() + column;
    plain = mixing(projected, scratch, zero, weights, values, mixedAt, from, shape.toLine() - from);
    masked =
        mask == null
            ? null
            : mixing(projected, scratch, zero, mask.total(), values, mixedAt, 0, shape.fields());
  }

  private Mixing mixing(
      LaneMatrix projected,
      AttentionScratch scratch,
      Operand zero,
      LaneMatrix lines,
      int value,
      int mixed,
      int from,
      int count) {
    int wide = shape.heads().groupStep();
    Operand into = projected.byRow(from, mixed);
    return new Mixing(
        Product.lanes(
            lines.byRow(from, 0),
            projected.byColumn(0, value),
            shape.residual() ? into : zero,
            into,
            count,
            wide,
            shape.fields()),
        Product.lanes(
            scratch.gradient.byRow(from, mixed),
            turned.byColumn(0, 0),
            zero,
            gradient.byRow(from, 0),
            count,
            shape.fields(),
            shape.heads().width()),
        Product.lanes(
            scratch.gradient.byColumn(from, mixed),
            lines.byColumn(from, 0),
            zero,
            scratch.gradient.byColumn(0, value),
            wide,
            shape.fields(),
            count));
  }

  /** The attention logits, [M + 1, M], then weights. */
  LaneMatrix weights() {
    return weights;
  }

  /** Gradients of the weights, then of the logits. */
  LaneMatrix gradient() {
    return gradient;
  }

  /** True when the last forward pass had dropout, and therefore no line of the unary term. */
  boolean masked() {
    return mask != null && mixing == masked;
  }

  /** Computes the logits of the lines that have a query. */
  void compare(float[] s) {
    if (compare != null) {
      turn(s, keys);
      compare.run(s);
    }
  }

  /** Converts logits to weights and adds the values weighted by them. */
  void mix(float[] s, Rows rows, Dropout dropout) {
    for (int t = shape.fromLine(); t < shape.toLine(); t++) {
      LaneMath.softmax(s, weights.at(t, 0), shape.fields());
    }
    mixing = plain;
    if (mask != null && dropout != null) {
      mask.apply(s, rows, dropout, weights);
      mixing = masked;
    }
    mixing.mix().run(s);
  }

  /** Computes the gradients of the values and the logits from that of the mixed values. */
  void mixBackward(float[] s) {
    turn(s, values);
    mixing.weightGradient().run(s);
    mixing.valueGradient().run(s);
    if (mixing == masked) {
      mask.backward(s, gradient);
    }
    int from = shape.fromLine();
    LaneMath.softmaxGradient(
        s,
        weights.at(from, 0),
        weights.rowStep(),
        gradient.at(from, 0),
        gradient.rowStep(),
        shape.toLine() - from,
        shape.fields());
  }

  /** Computes the gradients of queries and keys from that of the logits. */
  void compareBackward(float[] s) {
    if (compare != null) {
      queryGradient.run(s);
      keyGradient.run(s);
    }
  }

  /** Copies the head's c columns of the fields, from the given one on, to rows. */
  private void turn(float[] s, int column) {
    int c = shape.heads().width();
    for (int m = 0; m < shape.fields(); m++) {
      LaneMath.spread(s, projected.at(m, column), c, turned.at(0, m), turned.rowStep());
    }
  }
}
