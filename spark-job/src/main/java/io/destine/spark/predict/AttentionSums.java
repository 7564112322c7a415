package io.destine.spark.predict;

import io.destine.config.ModelConfig;
import io.destine.kernel.row.RowKernel;
import java.io.Serializable;

/**
 * Sums of attention weights over rows: p(m, n) of the pairwise term and u(n) of the unary term, of
 * each layer and head. Sums are integer multiples of 2^-31, so that they do not depend on the order
 * of rows; a weight is at most 1, so sums of fewer than 2^32 rows do not overflow. Mutable; one
 * thread.
 */
final class AttentionSums implements Serializable {
  private static final long serialVersionUID = 1;
  private static final double UNIT = 0x1p31;

  private final int layers;
  private final int heads;
  private final int fields;

  /** [L, H, M + 1, M] the unary term is at index M. */
  private final long[] sums;

  private long rows;

  /** Sums over no rows. */
  AttentionSums(ModelConfig config, int fields) {
    layers = config.layers();
    heads = config.heads();
    this.fields = fields;
    sums = new long[Math.multiplyExact(layers * heads, (fields + 1) * fields)];
  }

  /** Adds the weights of the row for which the kernel last computed a logit. */
  void add(RowKernel kernel) {
    int at = 0;
    for (int l = 0; l < layers; l++) {
      for (int h = 0; h < heads; h++) {
        for (int t = 0; t <= fields; t++) {
          for (int n = 0; n < fields; n++) {
            sums[at++] += Math.round(kernel.attention(l, h, t, n) * UNIT);
          }
        }
      }
    }
    rows++;
  }

  /** Adds the sums of other rows. */
  AttentionSums add(AttentionSums other) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += other.sums[i];
    }
    rows += other.rows;
    return this;
  }

  /** The mean over rows of p(m, n), or of u(n) for m = M. */
  double mean(int layer, int head, int m, int n) {
    int line = (layer * heads + head) * (fields + 1) + m;
    return sums[line * fields + n] / UNIT / rows;
  }
}
