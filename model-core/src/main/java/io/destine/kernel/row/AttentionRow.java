package io.destine.kernel.row;

import io.destine.config.Attention;
import io.destine.config.ModelConfig;

/**
 * One decoupled self-attention layer over a few rows, from x [in, M] to out [D, M] for each row. A
 * matrix has the fields of all rows in lanes, {@code lanes} for each row, one row after the other:
 *
 * <pre>
 *   q_m = Wq x_m - Wq mean(x)     k_n = Wk x_n     v_n = Wv x_n     r_m = Wr x_m
 *   q_M = W'q mean(x)                       the unary query, an additional lane
 *   a(t, n) = softmax_n(q_t . k_n)          t = 0 .. M
 *   z_t  = r_t + sum_n a(t, n) v_n          r_M = 0
 *   out_m = max(z_m + z_M, 0)
 * </pre>
 *
 * <p>Each sum has the same terms, order and fused operations as in the vector kernel, so the
 * results are bit-identical. With ReLU before attention, projections are rectified before they are
 * centred or averaged. Not thread-safe.
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

  /** Number of rows, and of the lanes of all rows together. */
  private int rows;

  private int step;

  /** [projections, step] queries, keys, values and z, which is initialized with the residual. */
  private final FieldMatrix projected;

  private final int query;
  private final int mixed;

  /** [H * M, step] attention logits, then weights: (h, n, t). */
  private final FieldMatrix weights;

  /** [rows, in] mean fields. */
  private float[] means = {};

  /** [rows, padded D] projections of the mean fields. */
  private float[] lines = {};

  /** [D, step] queries of the mean field's term, with ReLU before attention. */
  private final FieldMatrix rectifiedQueries;

  private final FieldMatrix out;

  /**
   * A layer.
   *
   * @param projected scratch memory with {@link #scratch} rows, which layers may share
   */
  AttentionRow(
      ModelConfig config,
      LayerNumbers numbers,
      int fields,
      int lanes,
      FieldLanes math,
      FieldMatrix projected) {
    this.math = math;
    this.projected = projected;
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
    // A mean query without queries of the fields has separate rows, of which only lane M is used.
    query = pairwise ? numbers.query() : mixed + width;
    weights = math.matrix(heads * fields);
    rectifiedQueries = math.matrix(numbers.rectifiedUnary() == null ? 0 : width);
    out = math.matrix(width);
  }

  /** Rows of the scratch memory of a layer: projections, z, and the queries of the mean field. */
  static int scratch(ModelConfig config, LayerNumbers numbers) {
    return numbers.rows() + 2 * config.attentionWidth();
  }

  /** Allocates memory for a number of rows. */
  private void reserve(int count) {
    rows = count;
    step = count * lanes;
    projected.resize(step);
    weights.resize(step);
    rectifiedQueries.resize(step);
    out.resize(step);
    if (means.length < count * numbers.in()) {
      means = new float[count * numbers.in()];
    }
    if (lines.length < count * math.padded(width)) {
      lines = new float[count * math.padded(width)];
    }
  }

  /** The output [D, step], valid after {@link #forward}; lanes beyond M are zero. */
  FieldMatrix out() {
    return out;
  }

  /**
   * An attention weight of the first row: p(t, n) of the pairwise term for t below M, u(n) of the
   * unary term for t = M.
   */
  float weight(int head, int t, int n) {
    int row = head * fields + n;
    return weights.array(row)[weights.at(row) + t];
  }

  /**
   * Sets the output.
   *
   * @param x [in, step]
   * @param count number of rows; step is count times {@code lanes}
   */
  void forward(FieldMatrix x, int count) {
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
  private void average(FieldMatrix x, int from, int count, float[] into, int intoStep) {
    float share = 1f / fields;
    for (int i = 0; i < count; i++) {
      float[] row = x.array(from + i);
      int at = x.at(from + i);
      for (int r = 0; r < rows; r++) {
        float sum = row[at];
        for (int m = 1; m < fields; m++) {
          sum += row[at + m];
        }
        into[r * intoStep + i] = sum * share;
        at += lanes;
      }
    }
  }

  private void project(FieldMatrix x) {
    float[] bias = numbers.bias();
    boolean shifted = numbers.shift() != null;
    for (int i = 0; i < bias.length; i++) {
      if (!shifted || i < query || i >= query + width) {
        projected.fill(i, 0, step, bias[i]);
      }
    }
    int lineStep = math.padded(width);
    if (shifted) {
      // The projection of the mean is used in place of a bias, which centring would cancel.
      numbers.shift().apply(math, means, 0, numbers.in(), lines, rows);
      for (int i = 0; i < width; i++) {
        for (int r = 0; r < rows; r++) {
          projected.fill(query + i, r * lanes, (r + 1) * lanes, -lines[r * lineStep + i]);
        }
      }
    }
    math.project(numbers.stack(), x, projected, bias.length, numbers.in());
    if (rectified) {
      rectify(projected, residual ? mixed : numbers.rows());
    }
    if (centredLate) {
      average(projected, query, width, lines, lineStep);
      for (int i = 0; i < width; i++) {
        float[] row = projected.array(query + i);
        int at = projected.at(query + i);
        for (int r = 0; r < rows; r++) {
          add(row, at, at + fields, -lines[r * lineStep + i]);
          at += lanes;
        }
      }
    }
  }

  private static void rectify(FieldMatrix x, int rows) {
    for (int i = 0; i < rows; i++) {
      rectify(x.array(i), x.at(i), x.at(i) + x.step());
    }
  }

  private static void rectify(float[] x, int from, int to) {
    for (int j = from; j < to; j++) {
      x[j] = Math.max(x[j], 0);
    }
  }

  private static void add(float[] x, int from, int to, float number) {
    for (int j = from; j < to; j++) {
      x[j] += number;
    }
  }

  /** Writes the unary query of each row to lane M of its queries. */
  private void meanQuery(FieldMatrix x) {
    int lineStep = math.padded(width);
    if (numbers.unary() != null) {
      numbers.unary().apply(math, means, 0, numbers.in(), lines, rows);
    } else {
      math.project(numbers.rectifiedUnary(), numbers.rectifiedUnaryBias(), x, rectifiedQueries);
      rectify(rectifiedQueries, width);
      average(rectifiedQueries, 0, width, lines, lineStep);
    }
    for (int i = 0; i < width; i++) {
      float[] row = projected.array(query + i);
      int at = projected.at(query + i) + fields;
      for (int r = 0; r < rows; r++) {
        row[at + r * lanes] = lines[r * lineStep + i];
      }
    }
  }

  /** Initializes z with the residual, and lane M with zero. */
  private void startMixing() {
    for (int i = 0; i < width; i++) {
      if (residual) {
        clearSpare(projected, mixed + i, fields);
      } else {
        projected.fill(mixed + i, 0, step, 0);
      }
    }
  }

  /** Clears the lanes of a row of the batch, from a given lane on. */
  private void clearSpare(FieldMatrix x, int row, int from) {
    float[] array = x.array(row);
    int start = x.at(row);
    for (int at = start; at < start + step; at += lanes) {
      for (int j = at + from; j < at + lanes; j++) {
        array[j] = 0;
      }
    }
  }

  /**
   * Computes the attention logits of a head, in lane t: q_t . k_n, or the score of field n in lane
   * M.
   */
  private void compare(int head, FieldMatrix x) {
    int first = head * fields;
    for (int n = 0; n < fields; n++) {
      weights.fill(first + n, 0, step, 0);
    }
    if (numbers.key() >= 0) {
      math.compare(
          projected, numbers.key() + head * c, query + head * c, weights, first, fields, c, lanes);
    }
    if (numbers.score() != null) {
      for (int n = 0; n < fields; n++) {
        for (int r = 0; r < rows; r++) {
          weights.array(first + n)[weights.at(first + n) + r * lanes + fields] =
              score(head, x, r * lanes + n);
        }
      }
    }
  }

  private float score(int head, FieldMatrix x, int lane) {
    int in = numbers.in();
    float sum = 0;
    for (int k = 0; k < in; k++) {
      sum = Math.fma(numbers.score()[head * in + k], x.array(k)[x.at(k) + lane], sum);
    }
    return sum;
  }

  /** Converts logits to weights and adds the values weighted by them. */
  private void mix(int head) {
    int first = head * fields;
    int from = pairwise ? 0 : fields;
    int to = fields + (unary ? 1 : 0);
    // Unused lanes between consecutive rows are computed, too.
    math.softmax(weights, first, fields, from, step - lanes + to);
    for (int n = first; n < first + fields; n++) {
      for (int at = 0; at < step && from > 0; at += lanes) {
        weights.fill(n, at, at + from, 0);
      }
      clearSpare(weights, n, to);
    }
    math.mix(
        projected, numbers.value() + head * c, mixed + head * c, weights, first, c, fields, lanes);
  }

  /** out_m = z_m + z_M, and a ReLU with a residual in each layer. */
  private void finish() {
    for (int i = 0; i < width; i++) {
      float[] row = out.array(i);
      int start = out.at(i);
      System.arraycopy(projected.array(mixed + i), projected.at(mixed + i), row, start, step);
      for (int at = start; at < start + step && unary; at += lanes) {
        add(row, at, at + fields, row[at + fields]);
      }
      if (residual) {
        rectify(row, start, start + step);
      }
      clearSpare(out, i, fields);
    }
  }
}
