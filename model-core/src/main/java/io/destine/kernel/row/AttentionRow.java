package io.destine.kernel.row;

import io.destine.config.Attention;
import io.destine.config.ModelConfig;
import java.util.Arrays;

/**
 * One decoupled self-attention layer over a few rows, of each from x [in, M] to out [D, M]. A
 * matrix has the fields of all rows in lanes, {@code lanes} for each row, one row after the other:
 *
 * <pre>
 *   q_m = Wq x_m - Wq mean(x)     k_n = Wk x_n     v_n = Wv x_n     r_m = Wr x_m
 *   q_M = W'q mean(x)                       the unary query, one lane more
 *   a(t, n) = softmax_n(q_t . k_n)          t = 0 .. M
 *   z_t  = r_t + sum_n a(t, n) v_n          r_M = 0
 *   out_m = max(z_m + z_M, 0)
 * </pre>
 *
 * <p>Each sum has the terms, the order and the fused operations that the vector kernel has, and so
 * the same bits. With ReLU before attention projections are rectified before they are centred or
 * averaged. One thread.
 */
final class AttentionRow {
  private final FieldLanes math;
  private final LayerNumbers numbers;
  private final int fields;
  private final int lanes;
  private final int heads;
  private final int c;
  private final int width;
  private final boolean pairwise;
  private final boolean unary;
  private final boolean rectified;
  private final boolean centredLate;
  private final boolean residual;

  /** How many rows there are, and lanes of all of them together. */
  private int rows;

  private int step;

  /** [projections, step] queries, keys, values and z, which begins as the residual. */
  private float[] projected = {};

  private final int query;
  private final int mixed;

  /** [H, M, step] attention logits, then weights: (h, n, t). */
  private float[] weights = {};

  /** [rows, in] mean fields. */
  private float[] means = {};

  /** [rows, padded D] projections of the mean fields. */
  private float[] lines = {};

  private float[] rectifiedQueries = {};
  private float[] out = {};

  AttentionRow(ModelConfig config, LayerNumbers numbers, int fields, int lanes, FieldLanes math) {
    this.math = math;
    this.numbers = numbers;
    this.fields = fields;
    this.lanes = lanes;
    heads = config.heads();
    c = config.headDim();
    width = config.attentionWidth();
    pairwise = config.hasPairwise();
    unary = config.hasUnary();
    rectified = config.reluBeforeAttention();
    centredLate = rectified && pairwise && config.attention() != Attention.PLAIN;
    residual = numbers.residual() >= 0;
    mixed = residual ? numbers.residual() : numbers.rows();
    // A mean query without queries of the fields has rows of its own, of which lane M is used.
    query = pairwise ? numbers.query() : mixed + width;
  }

  /** Makes room for a number of rows. */
  private void reserve(int count) {
    rows = count;
    step = count * lanes;
    int projections = Math.max(mixed, query) + width;
    if (out.length < width * step) {
      projected = new float[projections * step];
      weights = new float[heads * fields * step];
      rectifiedQueries = new float[numbers.rectifiedUnary() == null ? 0 : width * step];
      out = new float[width * step];
      means = new float[count * numbers.in()];
      lines = new float[count * math.padded(width)];
    }
  }

  /** [D, step], valid after {@link #forward}; lanes beyond M are zero. */
  float[] out() {
    return out;
  }

  /**
   * An attention weight of the first row: p(t, n) of the pairwise term for t below M, u(n) of the
   * unary term for t = M.
   */
  float weight(int head, int t, int n) {
    return weights[(head * fields + n) * step + t];
  }

  /**
   * Sets the output.
   *
   * @param x [in, step]
   * @param count how many rows there are: a step is that many times {@code lanes}
   */
  void forward(float[] x, int count) {
    reserve(count);
    if (numbers.shift() != null || numbers.unary() != null) {
      average(x, 0, numbers.in(), means, numbers.in());
    }
    project(x);
    if (numbers.key() >= 0 && unary && numbers.score() == null) {
      meanQuery(x);
    }
    startMixing();
    for (int h = 0; h < heads; h++) {
      compare(h, x);
      mix(h);
    }
    finish();
  }

  /** into(r, i) = 1 / M times the sum over m of x(from + i, r, m), in order. */
  private void average(float[] x, int from, int count, float[] into, int intoStep) {
    float share = 1f / fields;
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < count; i++) {
        int at = (from + i) * step + r * lanes;
        float sum = x[at];
        for (int m = 1; m < fields; m++) {
          sum += x[at + m];
        }
        into[r * intoStep + i] = sum * share;
      }
    }
  }

  private void project(float[] x) {
    float[] bias = numbers.bias();
    for (int i = 0; i < bias.length; i++) {
      Arrays.fill(projected, i * step, (i + 1) * step, bias[i]);
    }
    int lineStep = math.padded(width);
    if (numbers.shift() != null) {
      // The projection of the mean takes the place of a bias, which centring would cancel.
      numbers.shift().apply(math, means, 0, numbers.in(), lines, rows);
      for (int r = 0; r < rows; r++) {
        for (int i = 0; i < width; i++) {
          int at = (query + i) * step + r * lanes;
          Arrays.fill(projected, at, at + lanes, -lines[r * lineStep + i]);
        }
      }
    }
    int in = numbers.in();
    math.multiply(numbers.stack(), 0, in, 1, x, 0, step, projected, 0, step, bias.length, in, step);
    if (rectified) {
      rectify(projected, (residual ? mixed : numbers.rows()) * step);
    }
    if (centredLate) {
      average(projected, query, width, lines, lineStep);
      for (int r = 0; r < rows; r++) {
        for (int i = 0; i < width; i++) {
          int at = (query + i) * step + r * lanes;
          for (int m = 0; m < fields; m++) {
            projected[at + m] -= lines[r * lineStep + i];
          }
        }
      }
    }
  }

  private static void rectify(float[] x, int count) {
    for (int i = 0; i < count; i++) {
      x[i] = Math.max(x[i], 0);
    }
  }

  /** Puts the unary query of each row into lane M of its queries. */
  private void meanQuery(float[] x) {
    int lineStep = math.padded(width);
    if (numbers.unary() != null) {
      numbers.unary().apply(math, means, 0, numbers.in(), lines, rows);
    } else {
      rectifiedQueries(x);
      average(rectifiedQueries, 0, width, lines, lineStep);
    }
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < width; i++) {
        projected[(query + i) * step + r * lanes + fields] = lines[r * lineStep + i];
      }
    }
  }

  private void rectifiedQueries(float[] x) {
    math.project(numbers.rectifiedUnary(), numbers.rectifiedUnaryBias(), x, rectifiedQueries, step);
    rectify(rectifiedQueries, width * step);
  }

  /** z begins as the residual, in lane M as zero. */
  private void startMixing() {
    if (!residual) {
      Arrays.fill(projected, mixed * step, (mixed + width) * step, 0);
      return;
    }
    for (int i = 0; i < width; i++) {
      for (int r = 0; r < rows; r++) {
        int at = (mixed + i) * step + r * lanes;
        Arrays.fill(projected, at + fields, at + lanes, 0);
      }
    }
  }

  /** The attention logits of a head, lane t: q_t . k_n, or the score of field n in lane M. */
  private void compare(int head, float[] x) {
    int at = head * fields * step;
    Arrays.fill(weights, at, at + fields * step, 0);
    for (int r = 0; r < rows && numbers.key() >= 0; r++) {
      int first = r * lanes;
      int keys = (numbers.key() + head * c) * step + first;
      int queries = (query + head * c) * step + first;
      math.multiply(
          projected,
          keys,
          1,
          step,
          projected,
          queries,
          step,
          weights,
          at + first,
          step,
          fields,
          c,
          lanes);
    }
    if (numbers.score() != null) {
      score(head, x, at);
    }
  }

  private void score(int head, float[] x, int at) {
    int in = numbers.in();
    for (int r = 0; r < rows; r++) {
      for (int n = 0; n < fields; n++) {
        float sum = 0;
        for (int k = 0; k < in; k++) {
          sum = Math.fma(numbers.score()[head * in + k], x[k * step + r * lanes + n], sum);
        }
        weights[at + n * step + r * lanes + fields] = sum;
      }
    }
  }

  /** Turns logits into weights and adds the values mixed by them. */
  private void mix(int head) {
    int at = head * fields * step;
    int from = pairwise ? 0 : fields;
    int to = fields + (unary ? 1 : 0);
    // Lanes in between, of rows that follow one another, are computed along and not used.
    math.softmax(weights, at, step, fields, from, step - lanes + to);
    for (int n = 0; n < fields && (from > 0 || to < lanes); n++) {
      for (int r = 0; r < rows; r++) {
        int row = at + n * step + r * lanes;
        Arrays.fill(weights, row, row + from, 0);
        Arrays.fill(weights, row + to, row + lanes, 0);
      }
    }
    for (int r = 0; r < rows; r++) {
      int first = r * lanes;
      int values = (numbers.value() + head * c) * step + first;
      int z = (mixed + head * c) * step + first;
      math.multiply(
          projected,
          values,
          step,
          1,
          weights,
          at + first,
          step,
          projected,
          z,
          step,
          c,
          fields,
          lanes);
    }
  }

  /** out_m = z_m + z_M, and a ReLU with a residual in each layer. */
  private void finish() {
    for (int i = 0; i < width; i++) {
      for (int r = 0; r < rows; r++) {
        int z = (mixed + i) * step + r * lanes;
        float shared = unary ? projected[z + fields] : 0;
        int to = i * step + r * lanes;
        for (int m = 0; m < fields; m++) {
          float sum = projected[z + m] + shared;
          out[to + m] = residual ? Math.max(sum, 0) : sum;
        }
        Arrays.fill(out, to + fields, to + lanes, 0);
      }
    }
  }
}
