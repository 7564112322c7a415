package io.destine.kernel.nd4j;

import java.util.HashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Columns of ones: a product with one is a sum over rows or over columns, at the speed of BLAS and
 * into memory that is there already.
 */
final class Ones {
  private final DataType type;
  private final Map<Long, RowMajorMatrix> columns = new HashMap<>();
  private INDArray ones;

  Ones(DataType type) {
    this.type = type;
    ones = Nd4j.ones(type, 1024);
  }

  /** The matrix [n, 1] of ones. */
  RowMajorMatrix column(long n) {
    if (n > ones.length()) {
      columns.clear();
      ones.close();
      ones = Nd4j.ones(type, Math.max(n, 2 * ones.length()));
    }
    return columns.computeIfAbsent(n, k -> RowMajorMatrix.over(ones.data(), 0, k, 1));
  }
}
