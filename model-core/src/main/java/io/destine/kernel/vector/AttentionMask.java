package io.destine.kernel.vector;

import io.destine.config.ModelConfig;
import io.destine.kernel.Dropout;
import io.destine.random.CounterRandom;
import io.destine.random.DropoutMask;
import io.destine.random.Purpose;

/** Dropout of one head's attention weights: its factors r(m, n), 0 or 1 / (1 - rate), by row. */
final class AttentionMask {
  private final LayerShape shape;
  private final int layer;
  private final int head;
  private final double rate;
  private final LaneMatrix factors;
  private final LaneMatrix total;

  AttentionMask(ModelConfig config, LayerShape shape, Memory memory, int layer, int head) {
    this.shape = shape;
    this.layer = layer;
    this.head = head;
    rate = config.attentionDropout();
    factors = shape.lines(memory);
    total = shape.lines(memory);
  }

  /** r(m, n) (p(m, n) + u(n)), [M, M]. */
  LaneMatrix total() {
    return total;
  }

  /** Draws the factors of the rows and computes the total from the weights. */
  void apply(float[] s, Rows rows, Dropout dropout, LaneMatrix weights) {
    int fields = shape.fields();
    DropoutMask mask =
        new DropoutMask(dropout.seed(), Purpose.ATTENTION_DROPOUT, dropout.epoch(), rate);
    for (int lane = 0; lane < rows.count(); lane++) {
      CounterRandom stream = mask.stream(rows.key(lane), layer);
      long at = (long) head * fields * fields;
      for (int m = 0; m < fields; m++) {
        for (int n = 0; n < fields; n++) {
          s[factors.at(m, n) + lane] = mask.factor(stream, at++);
        }
      }
    }
    int unary = weights.at(fields, 0);
    for (int m = 0; m < fields; m++) {
      int into = total.at(m, 0);
      if (shape.pairwise() && shape.unary()) {
        LaneMath.add(s, weights.at(m, 0), unary, fields, into);
        LaneMath.multiply(s, into, factors.at(m, 0), fields, into);
      } else {
        int line = shape.pairwise() ? weights.at(m, 0) : unary;
        LaneMath.multiply(s, line, factors.at(m, 0), fields, into);
      }
    }
  }

  /** Converts the gradient of the total [M, M] to that of p, and to that of u in line M. */
  void backward(float[] s, LaneMatrix gradient) {
    int fields = shape.fields();
    for (int m = 0; m < fields; m++) {
      int line = gradient.at(m, 0);
      LaneMath.multiply(s, line, factors.at(m, 0), fields, line);
    }
    if (shape.unary()) {
      LaneMath.sumRows(
          s, gradient.at(0, 0), gradient.rowStep(), fields, fields, 1, gradient.at(fields, 0));
    }
  }
}
