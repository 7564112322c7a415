package io.destine.kernel.vector;

import io.destine.config.ModelConfig;
import io.destine.kernel.Dropout;
import java.util.Arrays;

/**
 * One decoupled self-attention layer over a bank of rows, from x [M, in] to out [M, D]; each
 * element is a vector with one row in each lane:
 *
 * <pre>
 *   q_m  = Wq x_m - Wq mean(x)     k_n = Wk x_n     v_n = Wv x_n     r_m = Wr x_m
 *   q_M  = W'q mean(x)                       the unary query, an additional line
 *   a(t) = softmax_n(q_t . k_n)              t = 0 .. M
 *   z_t  = r_t + sum_n a(t, n) v_n           r_M = 0
 *   out_m = max(z_m + z_M, 0)
 * </pre>
 *
 * <p>Queries, keys, values and residuals of a field are adjacent in one row, so that one product
 * computes them, one the gradients of their weights and one that of x. z is stored in place of the
 * residual. Keys are not centred, since softmax ignores terms that are constant in n. Without a
 * residual in each layer there is no ReLU either. With ReLU before attention, queries, keys and
 * values are rectified projections, and queries are centred afterwards.
 */
final class AttentionLayer {
  private static final int L = Lanes.LENGTH;

  private final LayerShape shape;
  private final Columns in;
  private final Projections projections;
  private final LaneMatrix x;
  private final LaneMatrix out;
  private final LaneMatrix projected;
  private final AttentionScratch scratch;
  private final int mean;
  private final AttentionHead[] heads;
  private final UnaryPart unary;
  private final Product project;
  private final Product shiftQueries;

  /** [M, D] the queries before they are centred, with ReLU before attention; otherwise null. */
  private final LaneMatrix rectifiedQueries;

  private final Product[] weightGradient = new Product[Lanes.BANKS];
  private final Product inputGradient;

  /**
   * @param index l, counted from 0
   * @param in columns of x
   * @param x [M, in]
   * @param dx [M, in], receives the gradient of x
   */
  AttentionLayer(
      ModelConfig config,
      DenseTensors tensors,
      LayerShape shape,
      Memory memory,
      int index,
      Columns in,
      LaneMatrix x,
      LaneMatrix dx,
      AttentionScratch scratch) {
    this.shape = shape;
    this.in = in;
    this.x = x;
    this.scratch = scratch;
    String prefix = "layers." + index + ".";
    int fields = shape.fields();
    projections = stack(config, tensors, shape, prefix, in);
    projections.reserve(memory);
    projected = shape.rows(memory);
    out = LaneMatrix.reserve(memory, fields, shape.heads().padded());
    mean = memory.reserve((long) in.padded() * L);
    heads = new AttentionHead[config.heads()];
    for (int h = 0; h < heads.length; h++) {
      heads[h] = new AttentionHead(config, shape, memory, index, h, projected, scratch);
    }
    unary = unary(tensors, memory, prefix + "unary_query", dx);
    project =
        Product.broadcast(
            projections.byOutput(0),
            x.byRow(0, 0),
            new Operand(projections.bias(0), L, 0),
            projected.byColumn(0, 0),
            projections.outputs(),
            fields,
            in.extent());
    rectifiedQueries =
        shape.centred() && shape.rectified()
            ? LaneMatrix.reserve(memory, fields, shape.heads().padded())
            : null;
    // The shift is used in place of a bias, which centring would cancel.
    shiftQueries =
        shape.centred() && !shape.rectified()
            ? Product.broadcast(
                projections.byOutput(0),
                new Operand(mean, 0, L),
                new Operand(scratch.zeros, 0, 0),
                new Operand(projections.bias(0), L, 0),
                shape.heads().padded(),
                1,
                in.extent())
            : null;
    for (int bank = 0; bank < Lanes.BANKS; bank++) {
      Operand sums = projections.sums(bank, 0);
      weightGradient[bank] =
          Product.lanes(
              x.byColumn(0, 0),
              scratch.gradient.byColumn(0, 0),
              sums,
              sums,
              in.padded(),
              projections.outputs(),
              fields);
    }
    inputGradient =
        Product.broadcast(
            projections.byInput(0),
            scratch.gradient.byRow(0, 0),
            shape.meanQuery() && !shape.rectified()
                ? new Operand(scratch.mean, L, 0)
                : new Operand(scratch.zeros, 0, 0),
            dx.byColumn(0, 0),
            in.padded(),
            fields,
            projections.outputs());
  }

  private static Projections stack(
      ModelConfig config, DenseTensors tensors, LayerShape shape, String prefix, Columns in) {
    Projections stack = new Projections(tensors, in);
    if (shape.pairwise()) {
      double scale = config.scale() ? 1 / Math.sqrt(config.headDim()) : 1;
      stack.add(
          prefix + "query",
          shape.heads(),
          scale,
          shape.centred() && !shape.rectified() ? Projections.Bias.DEAD : Projections.Bias.USED);
    }
    if (config.hasKeys()) {
      stack.add(
          prefix + "key",
          shape.heads(),
          1,
          shape.rectified() ? Projections.Bias.USED : Projections.Bias.DEAD);
    }
    stack.add(prefix + "value", shape.heads(), 1, Projections.Bias.USED);
    if (shape.residual()) {
      stack.add(prefix + "residual", shape.heads(), 1, Projections.Bias.USED);
    }
    return stack;
  }

  private UnaryPart unary(DenseTensors tensors, Memory memory, String name, LaneMatrix dx) {
    if (!shape.unary()) {
      return null;
    }
    if (!shape.meanQuery()) {
      return new LinearScore(tensors, name, shape, memory, in, x, dx, heads);
    }
    return shape.rectified()
        ? new RectifiedMeanQuery(tensors, name, shape, memory, in, x, dx, projected, scratch)
        : new MeanQuery(tensors, name, shape, memory, in, mean, projected, scratch);
  }

  /** The output [M, D], valid from {@link #forward} until {@link #backward}. */
  LaneMatrix out() {
    return out;
  }

  /** Computes the output from x. */
  void forward(float[] s, Rows rows, Dropout dropout) {
    int fields = shape.fields();
    if (shape.usesMean()) {
      LaneMath.sumRows(s, x.at(), x.rowStep(), fields, in.padded(), 1f / fields, mean);
    }
    if (shiftQueries != null) {
      shiftQueries.run(s);
      LaneMath.scale(s, projections.bias(0), shape.heads().padded(), -1);
    }
    project.run(s);
    if (shape.rectified()) {
      rectify(s);
    }
    if (unary != null) {
      unary.query(s);
    }
    for (AttentionHead head : heads) {
      head.compare(s);
    }
    if (unary != null) {
      unary.logits(s);
      int line = projected.at(fields, shape.mixed());
      Arrays.fill(s, line, line + shape.heads().padded() * L, 0);
    }
    if (!shape.pairwise() && !shape.residual()) {
      clearMixed(s);
    }
    for (AttentionHead head : heads) {
      head.mix(s, rows, dropout);
    }
    finish(s);
  }

  /** Rectifies queries, keys and values, then centres the queries. */
  private void rectify(float[] s) {
    for (int m = 0; m < shape.fields(); m++) {
      LaneMath.rectify(s, projected.at(m, 0), shape.mixed());
    }
    if (rectifiedQueries == null) {
      return;
    }
    int width = shape.heads().padded();
    for (int m = 0; m < shape.fields(); m++) {
      System.arraycopy(s, projected.at(m, shape.query()), s, rectifiedQueries.at(m, 0), width * L);
    }
    centre(s, projected);
  }

  /**
   * Clears the mixed values, which nothing else initializes without a residual and queries of the
   * fields.
   */
  private void clearMixed(float[] s) {
    for (int m = 0; m < shape.fields(); m++) {
      int z = projected.at(m, shape.mixed());
      Arrays.fill(s, z, z + shape.heads().padded() * L, 0);
    }
  }

  /** out_m = z_m + z_M, and a ReLU with a residual in each layer. */
  private void finish(float[] s) {
    int width = shape.heads().padded();
    boolean ownLine = shape.unary() && !heads[0].masked();
    int shared = ownLine ? projected.at(shape.fields(), shape.mixed()) : scratch.zeros;
    for (int m = 0; m < shape.fields(); m++) {
      int z = projected.at(m, shape.mixed());
      if (shape.residual()) {
        LaneMath.addRectified(s, z, shared, width, out.at(m, 0));
      } else {
        LaneMath.add(s, z, shared, width, out.at(m, 0));
      }
    }
  }

  /**
   * Adds to the sums of the weights' gradients, and computes the gradient of x, from that of the
   * output.
   */
  void backward(float[] s, int bank) {
    mixedGradient(s);
    for (AttentionHead head : heads) {
      head.mixBackward(s);
      head.compareBackward(s);
    }
    if (unary != null) {
      unary.backward(s, bank);
    }
    if (shape.centred()) {
      // Centring is its own transpose.
      centre(s, scratch.gradient);
    }
    if (shape.rectified()) {
      rectifyGradients(s);
    }
    weightGradient[bank].run(s);
    biasGradients(s, bank);
    inputGradient.run(s);
    if (unary != null) {
      unary.addInputGradient(s);
    }
  }

  private void mixedGradient(float[] s) {
    int width = shape.heads().padded();
    LaneMatrix gradient = scratch.gradient;
    for (int m = 0; m < shape.fields(); m++) {
      int into = gradient.at(m, shape.mixed());
      if (shape.residual()) {
        LaneMath.rectifiedGradient(s, out.at(m, 0), scratch.output.at(m, 0), width, into);
      } else {
        System.arraycopy(s, scratch.output.at(m, 0), s, into, width * L);
      }
    }
    if (shape.unary()) {
      LaneMath.sumRows(
          s,
          gradient.at(0, shape.mixed()),
          gradient.rowStep(),
          shape.fields(),
          width,
          1,
          gradient.at(shape.fields(), shape.mixed()));
    }
  }

  /** Subtracts from the queries of the fields, or their gradients, the mean over the fields. */
  private void centre(float[] s, LaneMatrix rows) {
    int width = shape.heads().padded();
    int average = scratch.queryMean;
    LaneMath.sumRows(
        s,
        rows.at(0, shape.query()),
        rows.rowStep(),
        shape.fields(),
        width,
        -1f / shape.fields(),
        average);
    for (int m = 0; m < shape.fields(); m++) {
      int row = rows.at(m, shape.query());
      LaneMath.add(s, row, average, width, row);
    }
  }

  /**
   * The gradients of queries, keys and values apply to the projections where these are positive.
   */
  private void rectifyGradients(float[] s) {
    LaneMatrix gradient = scratch.gradient;
    int width = shape.heads().padded();
    for (int m = 0; m < shape.fields(); m++) {
      int from = 0;
      if (rectifiedQueries != null) {
        int queries = gradient.at(m, shape.query());
        LaneMath.rectifiedGradient(s, rectifiedQueries.at(m, 0), queries, width, queries);
        from = width;
      }
      int rest = gradient.at(m, from);
      LaneMath.rectifiedGradient(s, projected.at(m, from), rest, shape.mixed() - from, rest);
    }
  }

  private void biasGradients(float[] s, int bank) {
    if (projections.hasBias()) {
      LaneMath.addSumOfRows(
          s,
          scratch.gradient.at(),
          scratch.gradient.rowStep(),
          shape.fields(),
          projections.outputs(),
          projections.biasSum(bank, 0));
    }
  }
}
