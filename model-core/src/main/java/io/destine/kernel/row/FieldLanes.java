package io.destine.kernel.row;

/**
 * The innermost loops over matrices of one row of the batch, or of a few rows; the columns, called
 * lanes, are the fields. Sums are computed in the order of their terms, with one fused multiply-add
 * each, so that all implementations give the same bits. Not thread-safe: implementations may have
 * scratch memory.
 */
public interface FieldLanes {

  /** Short name of the implementation. */
  String name();

  /** The same implementation for another thread. */
  FieldLanes another();

  /** The number of lanes that these loops need for n columns, including padding. */
  int padded(int n);

  /** The approximate number of lanes that should be computed together, if there are enough. */
  int lanesAtOnce();

  /**
   * A new matrix in the layout that these loops require.
   *
   * @param rows number of rows
   */
  FieldMatrix matrix(int rows);

  /**
   * Adds a product of matrices in arrays:
   *
   * <pre>
   *   C(i, j) += sum over k of A(i, k) B(k, j)        i &lt; count, k &lt; terms, j &lt; lanes
   * </pre>
   *
   * @param a holds A(i, k) at a0 + i aStep + k
   * @param b holds B(k, j) at k lanes + j
   * @param c holds C(i, j) at i lanes + j
   * @param lanes from {@link #padded}
   */
  void multiply(
      float[] a, int a0, int aStep, float[] b, float[] c, int count, int terms, int lanes);

  /**
   * Adds a projection of all lanes, y += W x.
   *
   * @param weights [count, terms], W
   * @param x [terms, step]
   * @param y [count or more, step]
   */
  void project(float[] weights, FieldMatrix x, FieldMatrix y, int count, int terms);

  /**
   * Sets y = W x + b for all lanes.
   *
   * @param weights [count, terms]
   * @param bias [count]
   */
  default void project(float[] weights, float[] bias, FieldMatrix x, FieldMatrix y) {
    for (int i = 0; i < bias.length; i++) {
      y.fill(i, 0, y.step(), bias[i]);
    }
    project(weights, x, y, bias.length, weights.length / bias.length);
  }

  /**
   * Adds products of the fields' vectors, the logits of attention, in the lanes of each row r of
   * the batch:
   *
   * <pre>
   *   L(l0 + n, r, t) += sum over k of A(keys + k, r, n) A(queries + k, r, t)
   *                                                n &lt; fields, k &lt; width, t &lt; lanes
   * </pre>
   *
   * @param a queries and keys, [width, step] each
   * @param logits [l0 + fields or more, step]
   * @param lanes of a row of the batch, from {@link #padded}
   */
  void compare(
      FieldMatrix a,
      int keys,
      int queries,
      FieldMatrix logits,
      int l0,
      int fields,
      int width,
      int lanes);

  /**
   * Adds the weighted sums of the fields' vectors, in the lanes of each row r of the batch:
   *
   * <pre>
   *   A(mixed + i, r, t) += sum over n of A(values + i, r, n) W(w0 + n, r, t)
   *                                                i &lt; width, n &lt; fields, t &lt; lanes
   * </pre>
   *
   * @param a values and their sums, [width, step] each
   * @param weights [w0 + fields or more, step]
   * @param lanes of a row of the batch, from {@link #padded}, more than fields
   */
  void mix(
      FieldMatrix a,
      int values,
      int mixed,
      FieldMatrix weights,
      int w0,
      int width,
      int fields,
      int lanes);

  /**
   * Replaces the n logits of each lane by their softmax, over the rows x0 to x0 + n - 1. The
   * largest logit is not subtracted in lanes whose logits are all within +-40.
   *
   * @param from first lane that is needed
   * @param to end of these lanes, exclusive; other lanes may be computed, too
   */
  void softmax(FieldMatrix x, int x0, int n, int from, int to);
}
