package io.destine.kernel.row;

/**
 * Sums of products in plain Java. The JVM's compiler vectorises a loop over lanes if the operands
 * are separate arrays, read at the same index; it can prove that the index is in bounds if the
 * loop's ends are masked with {@link #ANY}, which changes no value.
 */
final class PlainProducts {
  /** A mask that leaves every number of lanes unchanged. */
  private static final int ANY = 0x3fffffff;

  private PlainProducts() {}

  /**
   * Adds a product to rows of lanes:
   *
   * <pre>
   *   C(i, j) += sum over k of A(i, k) B(k, j)     i &lt; count, k &lt; terms, from &lt;= j &lt; to
   * </pre>
   *
   * @param a a[i] holds A(i, k) at a0 + i step + k
   * @param b row k of B is b[b0 + k]
   * @param c row i of C is c[c0 + i]
   */
  static void add(
      float[][] a,
      int a0,
      int step,
      float[][] b,
      int b0,
      float[][] c,
      int c0,
      int count,
      int terms,
      int from,
      int to) {
    int k = 0;
    for (; k + 4 <= terms; k += 4) {
      for (int i = 0; i < count; i++) {
        four(a[i], a0 + i * step + k, b, b0 + k, c[c0 + i], from, to);
      }
    }
    for (; k < terms; k++) {
      for (int i = 0; i < count; i++) {
        one(a[i][a0 + i * step + k], b[b0 + k], c[c0 + i], from, to);
      }
    }
  }

  /** Four terms: each lane of the sums is loaded and stored once for them. */
  private static void four(float[] a, int p, float[][] b, int k, float[] s, int from, int to) {
    float[] b0 = b[k];
    float[] b1 = b[k + 1];
    float[] b2 = b[k + 2];
    float[] b3 = b[k + 3];
    float p0 = a[p];
    float p1 = a[p + 1];
    float p2 = a[p + 2];
    float p3 = a[p + 3];
    int end = to & ANY;
    for (int j = from & ANY; j < end; j++) {
      float u = Math.fma(p0, b0[j], s[j]);
      u = Math.fma(p1, b1[j], u);
      u = Math.fma(p2, b2[j], u);
      s[j] = Math.fma(p3, b3[j], u);
    }
  }

  private static void one(float p, float[] b, float[] s, int from, int to) {
    int end = to & ANY;
    for (int j = from & ANY; j < end; j++) {
      s[j] = Math.fma(p, b[j], s[j]);
    }
  }
}
