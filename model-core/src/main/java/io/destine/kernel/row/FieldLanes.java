package io.destine.kernel.row;

import java.util.Arrays;

/**
 * The innermost loops over matrices of one row of the batch, or of a few, whose columns, the lanes,
 * are their fields: element (i, j) of a matrix lies at start + i step + j. Sums run over their
 * terms in order with one fused multiply-add each, so that all implementations give the same bits.
 * One thread: they may keep scratch memory.
 */
public interface FieldLanes {

  /** Short name of what computes. */
  String name();

  /** The same loops for another thread. */
  FieldLanes another();

  /** The least number of lanes that these loops take for n columns; the rest is to spare. */
  int padded(int n);

  /** About how many lanes are best computed together, when there are so many. */
  int lanesAtOnce();

  /**
   * Adds a product to a matrix:
   *
   * <pre>
   *   C(i, j) += sum over k of A(i, k) B(k, j)        i &lt; count, k &lt; terms, j &lt; lanes
   * </pre>
   *
   * @param a holds A(i, k) at a0 + i aStep + k aNext
   * @param b holds B(k, j) at b0 + k bStep + j
   * @param c holds C(i, j) at c0 + i cStep + j
   * @param lanes as {@link #padded} gives them
   */
  void multiply(
      float[] a,
      int a0,
      int aStep,
      int aNext,
      float[] b,
      int b0,
      int bStep,
      float[] c,
      int c0,
      int cStep,
      int count,
      int terms,
      int lanes);

  /**
   * Sets y = W x + b for all lanes.
   *
   * @param weights [count, terms]
   * @param bias [count]
   * @param x [terms, lanes]
   * @param y [count, lanes]
   */
  default void project(float[] weights, float[] bias, float[] x, float[] y, int lanes) {
    int terms = weights.length / bias.length;
    for (int i = 0; i < bias.length; i++) {
      Arrays.fill(y, i * lanes, (i + 1) * lanes, bias[i]);
    }
    multiply(weights, 0, terms, 1, x, 0, lanes, y, 0, lanes, bias.length, terms, lanes);
  }

  /**
   * Replaces the n logits of each lane by their softmax, over i: x(i, j) lies at x0 + i step + j.
   * Lanes whose logits all lie within +-40 do without the subtraction of the largest one.
   *
   * @param from first lane that is needed
   * @param to behind the last one; the other lanes may be computed, too
   */
  void softmax(float[] x, int x0, int step, int n, int from, int to);
}
