package io.destine.kernel.nd4j;

import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.impl.reduce.same.Max;
import org.nd4j.linalg.api.ops.impl.transforms.custom.SoftMax;
import org.nd4j.linalg.factory.Nd4j;

/**
 * For each row, head and query one number per field, [B, H, T, M] row-major and contiguous:
 * attention logits, then weights. A view: owns no memory.
 */
final class ScoreBlock {
  private final DataBuffer data;
  private final int rows;
  private final int heads;
  private final int queries;
  private final int fields;
  private final RowMajorMatrix lines;
  private final INDArray all;

  ScoreBlock(DataBuffer data, int rows, int heads, int queries, int fields) {
    this.data = data;
    this.rows = rows;
    this.heads = heads;
    this.queries = queries;
    this.fields = fields;
    lines = RowMajorMatrix.over(data, 0, (long) rows * heads * queries, fields);
    all = leading(queries);
  }

  /** [B * H * T, M]: one query per line. */
  RowMajorMatrix lines() {
    return lines;
  }

  /** [B, H, T, M]. */
  INDArray all() {
    return all;
  }

  /** A view [B, H, n, M] of the first n queries. */
  INDArray leading(int n) {
    return slice(0, n);
  }

  /** A view [B, H, 1, M] of query t. */
  INDArray query(int t) {
    return slice(t, 1);
  }

  /**
   * Replaces logits by weights: softmax over the fields, in place.
   *
   * <p>In float64, ND4J's SoftMax subtracts 0 instead of a largest logit below 0, and gives NaN
   * when every exponential of a line underflows. So the largest logit is subtracted first.
   *
   * @param largest [B * H * T, 1], scratch
   */
  void softmax(RowMajorMatrix largest) {
    INDArray logits = lines.rows();
    if (logits.dataType() == DataType.DOUBLE) {
      Nd4j.exec(new Max(logits, largest.rows(), true, 1));
      logits.subiColumnVector(largest.rows());
    }
    Nd4j.exec((CustomOp) new SoftMax(logits, logits, -1));
  }

  /**
   * Turns {@code da}, the gradient of these weights a, into that of the logits, in place:
   *
   * <pre>
   *   ds(n) = a(n) (da(n) - sum_k a(k) da(k))
   * </pre>
   *
   * <p>The weights are overwritten.
   *
   * @param ones [M, 1]
   * @param sums [B * H * T, 1], scratch
   */
  void softmaxBackward(ScoreBlock da, RowMajorMatrix ones, RowMajorMatrix sums) {
    INDArray gradient = da.lines.rows();
    INDArray weights = lines.rows();
    gradient.muli(weights);
    RowMajorMatrix.product(da.lines, ones, sums, 0);
    weights.muliColumnVector(sums.rows());
    gradient.subi(weights);
  }

  private INDArray slice(int from, int n) {
    long perHead = (long) queries * fields;
    return Nd4j.create(
        data,
        new long[] {rows, heads, n, fields},
        new long[] {heads * perHead, perHead, fields, 1},
        (long) from * fields,
        'c');
  }
}
