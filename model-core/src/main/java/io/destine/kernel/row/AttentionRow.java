package io.destine.kernel.row;

import io.destine.config.Attention;
import io.destine.config.ModelConfig;
import java.util.Arrays;

/**
 * One decoupled self-attention layer over one row, from x [in, M] to out [D, M], fields in lanes:
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

  /** [rows, lanes] queries, keys, values and z, which begins as the residual. */
  private final float[] projected;

  private final int query;
  private final int mixed;

  /** [H, M, lanes] attention logits, then weights: (h, n, t). */
  private final float[] weights;

  private final float[] mean;
  private final float[] line;
  private final float[] rectifiedQueries;
  private final float[] out;

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
    projected = new float[(Math.max(mixed, query) + width) * lanes];
    weights = new float[heads * fields * lanes];
    mean = new float[numbers.in()];
    line = new float[math.padded(width)];
    rectifiedQueries = numbers.rectifiedUnary() == null ? null : new float[width * lanes];
    out = new float[width * lanes];
  }

  /** [D, lanes], valid after {@link #forward}; lanes beyond M are zero. */
  float[] out() {
    return out;
  }

  /**
   * An attention weight of the last row: p(t, n) of the pairwise term for t below M, u(n) of the
   * unary term for t = M.
   */
  float weight(int head, int t, int n) {
    return weights[(head * fields + n) * lanes + t];
  }

  /** Sets the output from x [in, lanes]. */
  void forward(float[] x) {
    if (numbers.shift() != null || numbers.unary() != null) {
      average(x, 0, numbers.in(), mean);
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

  /** into(i) = 1 / M times the sum over m of x(from + i, m), in order. */
  private void average(float[] x, int from, int count, float[] into) {
    float share = 1f / fields;
    for (int i = 0; i < count; i++) {
      int at = (from + i) * lanes;
      float sum = x[at];
      for (int m = 1; m < fields; m++) {
        sum += x[at + m];
      }
      into[i] = sum * share;
    }
  }

  private void project(float[] x) {
    float[] bias = numbers.bias();
    for (int row = 0; row < bias.length; row++) {
      Arrays.fill(projected, row * lanes, (row + 1) * lanes, bias[row]);
    }
    if (numbers.shift() != null) {
      // The projection of the mean takes the place of a bias, which centring would cancel.
      numbers.shift().apply(math, mean, 0, line);
      for (int i = 0; i < width; i++) {
        int at = (query + i) * lanes;
        Arrays.fill(projected, at, at + lanes, -line[i]);
      }
    }
    int in = numbers.in();
    math.multiply(
        numbers.stack(), 0, in, 1, x, 0, lanes, projected, 0, lanes, bias.length, in, lanes);
    if (rectified) {
      rectify(projected, (residual ? mixed : numbers.rows()) * lanes);
    }
    if (centredLate) {
      average(projected, query, width, line);
      for (int i = 0; i < width; i++) {
        int at = (query + i) * lanes;
        for (int m = 0; m < fields; m++) {
          projected[at + m] -= line[i];
        }
      }
    }
  }

  private static void rectify(float[] x, int count) {
    for (int i = 0; i < count; i++) {
      x[i] = Math.max(x[i], 0);
    }
  }

  /** Puts the unary query into lane M of the queries. */
  private void meanQuery(float[] x) {
    if (numbers.unary() != null) {
      numbers.unary().apply(math, mean, 0, line);
    } else {
      float[] bias = numbers.rectifiedUnaryBias();
      for (int i = 0; i < width; i++) {
        Arrays.fill(rectifiedQueries, i * lanes, (i + 1) * lanes, bias[i]);
      }
      int in = numbers.in();
      math.multiply(
          numbers.rectifiedUnary(),
          0,
          in,
          1,
          x,
          0,
          lanes,
          rectifiedQueries,
          0,
          lanes,
          width,
          in,
          lanes);
      rectify(rectifiedQueries, width * lanes);
      average(rectifiedQueries, 0, width, line);
    }
    for (int i = 0; i < width; i++) {
      projected[(query + i) * lanes + fields] = line[i];
    }
  }

  /** z begins as the residual, in lane M as zero. */
  private void startMixing() {
    if (!residual) {
      Arrays.fill(projected, mixed * lanes, (mixed + width) * lanes, 0);
      return;
    }
    for (int i = 0; i < width; i++) {
      Arrays.fill(projected, (mixed + i) * lanes + fields, (mixed + i + 1) * lanes, 0);
    }
  }

  /** The attention logits of a head, lane t: q_t . k_n, or the score of field n in lane M. */
  private void compare(int head, float[] x) {
    int at = head * fields * lanes;
    Arrays.fill(weights, at, at + fields * lanes, 0);
    if (numbers.key() >= 0) {
      int keys = (numbers.key() + head * c) * lanes;
      int queries = (query + head * c) * lanes;
      math.multiply(
          projected, keys, 1, lanes, projected, queries, lanes, weights, at, lanes, fields, c,
          lanes);
    }
    if (numbers.score() != null) {
      int in = numbers.in();
      for (int n = 0; n < fields; n++) {
        float sum = 0;
        for (int k = 0; k < in; k++) {
          sum = Math.fma(numbers.score()[head * in + k], x[k * lanes + n], sum);
        }
        weights[at + n * lanes + fields] = sum;
      }
    }
  }

  /** Turns logits into weights and adds the values mixed by them. */
  private void mix(int head) {
    int at = head * fields * lanes;
    int from = pairwise ? 0 : fields;
    int to = fields + (unary ? 1 : 0);
    math.softmax(weights, at, lanes, fields, from, to);
    for (int n = 0; n < fields; n++) {
      int row = at + n * lanes;
      Arrays.fill(weights, row, row + from, 0);
      Arrays.fill(weights, row + to, row + lanes, 0);
    }
    int values = (numbers.value() + head * c) * lanes;
    int z = (mixed + head * c) * lanes;
    math.multiply(
        projected, values, lanes, 1, weights, at, lanes, projected, z, lanes, c, fields, lanes);
  }

  /** out_m = z_m + z_M, and a ReLU with a residual in each layer. */
  private void finish() {
    for (int i = 0; i < width; i++) {
      int z = (mixed + i) * lanes;
      float shared = unary ? projected[z + fields] : 0;
      for (int m = 0; m < fields; m++) {
        float sum = projected[z + m] + shared;
        out[i * lanes + m] = residual ? Math.max(sum, 0) : sum;
      }
    }
  }
}
