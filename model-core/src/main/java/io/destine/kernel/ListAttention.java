package io.destine.kernel;

import io.destine.param.FloatTable;

/**
 * The weights of the k values of a list, whose embeddings e_i are rows of a table:
 *
 * <pre>
 *   mean         a_i = 1 / k
 *   attention    a_i = softmax_i(w . e_i)
 * </pre>
 *
 * Not thread-safe.
 */
public final class ListAttention {
  private float[] weights = {};
  private double[] exponentials = {};

  /**
   * The weights of a list.
   *
   * @param w [d], or null for a mean
   * @param ids the list is in entries {@code from} up to, not including, {@code to}
   * @return [k] in its first elements, valid until the next call
   */
  public float[] weights(float[] w, FloatTable table, int[] ids, int from, int to) {
    int k = to - from;
    if (weights.length < k) {
      weights = new float[k];
      exponentials = new double[k];
    }
    if (w == null) {
      for (int i = 0; i < k; i++) {
        weights[i] = 1f / k;
      }
      return weights;
    }
    float most = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < k; i++) {
      int id = ids[from + i];
      weights[i] = dot(w, 0, table.page(id), table.offset(id), w.length);
      most = Math.max(most, weights[i]);
    }
    double sum = 0;
    for (int i = 0; i < k; i++) {
      exponentials[i] = StrictMath.exp((double) weights[i] - most);
      sum += exponentials[i];
    }
    for (int i = 0; i < k; i++) {
      weights[i] = (float) (exponentials[i] / sum);
    }
    return weights;
  }

  /** a . b of n numbers. */
  public static float dot(float[] a, int fromA, float[] b, int fromB, int n) {
    float sum = 0;
    for (int j = 0; j < n; j++) {
      sum = Math.fma(a[fromA + j], b[fromB + j], sum);
    }
    return sum;
  }
}
