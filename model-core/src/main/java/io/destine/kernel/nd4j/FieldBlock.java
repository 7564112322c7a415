package io.destine.kernel.nd4j;

import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * R vectors of width w for each of B rows, [B, R, w] row-major and contiguous: the embeddings or a
 * projection of them, one vector per field, sometimes with one more at the end for the unary term.
 * A view: owns no memory.
 */
final class FieldBlock {
  private final DataBuffer data;
  private final int rows;
  private final int count;
  private final int width;
  private final RowMajorMatrix vectors;
  private final RowMajorMatrix flat;
  private final INDArray cube;
  private INDArray headView;

  FieldBlock(DataBuffer data, int rows, int count, int width) {
    this.data = data;
    this.rows = rows;
    this.count = count;
    this.width = width;
    vectors = RowMajorMatrix.over(data, 0, (long) rows * count, width);
    flat = RowMajorMatrix.over(data, 0, rows, (long) count * width);
    cube = leading(count);
  }

  /** [B * R, w]: one vector per line. */
  RowMajorMatrix vectors() {
    return vectors;
  }

  /** [B, R * w]: one row of the batch per line. */
  RowMajorMatrix flat() {
    return flat;
  }

  /** [B, R, w]. */
  INDArray cube() {
    return cube;
  }

  /** A view [B, n, w] of the first n vectors of each row. */
  INDArray leading(int n) {
    return slice(0, n);
  }

  /** A view [B, 1, w] of vector r of each row. */
  INDArray vector(int r) {
    return slice(r, 1);
  }

  private INDArray slice(int from, int n) {
    return Nd4j.create(
        data,
        new long[] {rows, n, width},
        new long[] {(long) count * width, width, 1},
        (long) from * width,
        'c');
  }

  /** A view [B, H, R, c]: w = H * c numbers split into heads. The last one asked for is kept. */
  INDArray heads(int heads) {
    if (headView == null || headView.size(1) != heads) {
      int c = width / heads;
      headView =
          Nd4j.create(
              data,
              new long[] {rows, heads, count, c},
              new long[] {(long) count * width, c, width, 1},
              0,
              'c');
    }
    return headView;
  }
}
