package io.destine.kernel.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Products of matrices, and sums, which are products with ones. Except for products by head, a
 * contiguous array of any rank represents the matrix of its vectors along the last axis.
 *
 * <p>BLAS receives column-major transposes, the only form that ND4J passes without copies: x W^T is
 * computed as (W x^T)^T. BLAS chooses the order of a sum by the form and the shapes of the product,
 * so changing these changes the last bits of the results.
 */
final class Products {
  private Products() {}

  /** Adds x W^T to y [n, out]: the vectors of x [n, in] through weights W [out, in]. */
  static void addProjected(INDArray x, INDArray w, INDArray y) {
    Nd4j.gemm(transpose(w), transpose(x), transpose(y), true, false, 1, 1);
  }

  /** Adds a b to c [n, w], for a [n, k] and b [k, w]. */
  static void addMultiplied(INDArray a, INDArray b, INDArray c) {
    Nd4j.gemm(transpose(b), transpose(a), transpose(c), false, false, 1, 1);
  }

  /** Adds a^T b to c [k, w], for a [n, k] and b [n, w]: a sum over the n vectors. */
  static void addReduced(INDArray a, INDArray b, INDArray c) {
    Nd4j.gemm(transpose(b), transpose(a), transpose(c), false, true, 1, 1);
  }

  /** Adds the sum of the vectors of b [n, w] to c [1, w]. */
  static void addSum(INDArray b, INDArray c) {
    addReduced(Nd4j.ones(b.dataType(), b.length() / b.size(-1), 1), b, c);
  }

  /** Adds the sum of the numbers of each vector of a [n, k] to c [n, 1]. */
  static void addSumOfEach(INDArray a, INDArray c) {
    addMultiplied(a, Nd4j.ones(a.dataType(), a.size(-1), 1), c);
  }

  /** q k^T by head, [B, H, R, M], for q [B, R, H * c] and k [B, M, H * c]. */
  static INDArray compare(INDArray q, INDArray k, long heads) {
    INDArray a = Nd4j.createUninitialized(q.dataType(), q.size(0), heads, q.size(1), k.size(1));
    return Nd4j.matmul(Tensors.heads(q, heads), Tensors.heads(k, heads), a, false, true, false);
  }

  /** a v by head, [B, R, H * c], for a [B, H, R, M] and v [B, M, H * c]: sums over the fields. */
  static INDArray mix(INDArray a, INDArray v) {
    long heads = a.size(1);
    INDArray z = Nd4j.createUninitialized(v.dataType(), v.size(0), a.size(2), v.size(2));
    Nd4j.matmul(a, Tensors.heads(v, heads), Tensors.heads(z, heads), false, false, false);
    return z;
  }

  /** a^T q by head, [B, M, H * c], for a [B, H, R, M] and q [B, R, H * c]: sums over R. */
  static INDArray distribute(INDArray a, INDArray q) {
    long heads = a.size(1);
    INDArray v = Nd4j.createUninitialized(q.dataType(), q.size(0), a.size(3), q.size(2));
    Nd4j.matmul(a, Tensors.heads(q, heads), Tensors.heads(v, heads), true, false, false);
    return v;
  }

  /** The column-major view [w, n] of the n vectors of x. */
  private static INDArray transpose(INDArray x) {
    long w = x.size(-1);
    return Nd4j.create(x.data(), new long[] {w, x.length() / w}, new long[] {1, w}, 0, 'f');
  }
}
