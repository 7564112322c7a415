package io.destine.kernel.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The products of attention, one small matrix product for each row and head, over views that may be
 * strided: q [B, H, T, c], k and v [B, H, M, c], a [B, H, T, M]. Results are overwritten.
 */
final class HeadProducts {
  private HeadProducts() {}

  /** Sets a to q k^T: every query with every field. */
  static void compare(INDArray q, INDArray k, INDArray a) {
    Nd4j.matmul(q, k, a, false, true, false);
  }

  /** Sets q to a v: the sum over the fields, weighted. */
  static void mix(INDArray a, INDArray v, INDArray q) {
    Nd4j.matmul(a, v, q, false, false, false);
  }

  /** Sets v to a^T q: the sum over the queries, weighted. */
  static void distribute(INDArray a, INDArray q, INDArray v) {
    Nd4j.matmul(a, q, v, true, false, false);
  }
}
