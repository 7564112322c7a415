package io.destine.kernel.nd4j;

import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A row-major matrix [n, w] in native memory, seen in two ways: as it is, and as its column-major
 * transpose [w, n], the only form whose products ND4J hands to BLAS without copies. A view: owns no
 * memory.
 */
final class RowMajorMatrix {
  private final INDArray rows;
  private final INDArray transpose;

  private RowMajorMatrix(INDArray rows, INDArray transpose) {
    this.rows = rows;
    this.transpose = transpose;
  }

  /** The n * w numbers of {@code data} from {@code offset} on. */
  static RowMajorMatrix over(DataBuffer data, long offset, long n, long w) {
    return new RowMajorMatrix(
        Nd4j.create(data, new long[] {n, w}, new long[] {w, 1}, offset, 'c'),
        Nd4j.create(data, new long[] {w, n}, new long[] {1, w}, offset, 'f'));
  }

  /** [n, w], row-major, contiguous. */
  INDArray rows() {
    return rows;
  }

  /** n, the number of rows. */
  long count() {
    return rows.size(0);
  }

  /** w, the width of a row. */
  long width() {
    return rows.size(1);
  }

  /** Sets y to x W^T + keep * y: the rows of x [n, in] through weights W [out, in]. */
  static void project(RowMajorMatrix x, RowMajorMatrix w, RowMajorMatrix y, double keep) {
    Nd4j.gemm(w.transpose, x.transpose, y.transpose, true, false, 1, keep);
  }

  /** Sets c to a b + keep * c, for a [n, k] and b [k, w]. */
  static void product(RowMajorMatrix a, RowMajorMatrix b, RowMajorMatrix c, double keep) {
    Nd4j.gemm(b.transpose, a.transpose, c.transpose, false, false, 1, keep);
  }

  /** Sets c to a^T b + keep * c, for a [n, k] and b [n, w]: a sum over the n rows. */
  static void rowSum(RowMajorMatrix a, RowMajorMatrix b, RowMajorMatrix c, double keep) {
    Nd4j.gemm(b.transpose, a.transpose, c.transpose, false, true, 1, keep);
  }
}
