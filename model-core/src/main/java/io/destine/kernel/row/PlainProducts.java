package io.destine.kernel.row;

/**
 * Sums of products in plain Java, written so that the JVM's compiler (C2, from JDK 17 on) makes
 * vector instructions of the loops over lanes. It does so under these conditions:
 *
 * <ul>
 *   <li>Each operand is an array of its own, and all of them are read at the same index.
 *   <li>The body of the loop has at most 60 nodes in the compiler's graph before it is unrolled. An
 *       access to an array takes three nodes when the index is known to be neither negative nor
 *       close to the largest int, and six otherwise. The bounds are therefore masked with {@link
 *       #ANY}, which changes no value.
 *   <li>The operations of two sums differ in form, so that the compiler does not pair an operation
 *       of one sum with one of the other: the factors of a product are swapped in the second sum.
 * </ul>
 *
 * <p>Two rows of the result take eight terms at a time: each lane of B is loaded once for two
 * products, and each lane of C once for eight.
 */
final class PlainProducts {
  /** A mask that leaves every number of lanes unchanged. */
  private static final int ANY = 0x3fffffff;

  /** Loops over fewer lanes have a method of their own: {@link #shortEightOfTwo}. */
  private static final int MANY = 160;

  /** Loops over fewer lanes are faster with sums in registers than with vectors. */
  private static final int FEW = 16;

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
   * @param to a multiple of four behind {@code from}
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
    if (to - from < FEW) {
      FewLaneProducts.add(a, a0, step, b, b0, c, c0, count, terms, from, to);
      return;
    }
    int k = 0;
    for (; k + 8 <= terms; k += 8) {
      addEight(a, a0 + k, step, b, b0 + k, c, c0, count, from, to);
    }
    for (; k + 4 <= terms; k += 4) {
      addFour(a, a0 + k, step, b, b0 + k, c, c0, count, from, to);
    }
    for (; k < terms; k++) {
      for (int i = 0; i < count; i++) {
        one(a[i][a0 + i * step + k], b[b0 + k], c[c0 + i], from, to);
      }
    }
  }

  private static void addEight(
      float[][] a,
      int a0,
      int step,
      float[][] b,
      int k,
      float[][] c,
      int c0,
      int count,
      int from,
      int to) {
    int p = a0;
    int i = 0;
    for (; i + 2 <= count; i += 2) {
      if (to - from < MANY) {
        shortEightOfTwo(a[i], p, a[i + 1], p + step, b, k, c[c0 + i], c[c0 + i + 1], from, to);
      } else {
        eightOfTwo(a[i], p, a[i + 1], p + step, b, k, c[c0 + i], c[c0 + i + 1], from, to);
      }
      p += 2 * step;
    }
    if (i < count) {
      four(a[i], p, b, k, c[c0 + i], from, to);
      four(a[i], p + 4, b, k + 4, c[c0 + i], from, to);
    }
  }

  private static void addFour(
      float[][] a,
      int a0,
      int step,
      float[][] b,
      int k,
      float[][] c,
      int c0,
      int count,
      int from,
      int to) {
    int p = a0;
    int i = 0;
    for (; i + 2 <= count; i += 2) {
      fourOfTwo(a[i], p, a[i + 1], p + step, b, k, c[c0 + i], c[c0 + i + 1], from, to);
      p += 2 * step;
    }
    if (i < count) {
      four(a[i], p, b, k, c[c0 + i], from, to);
    }
  }

  /** Eight terms of two rows. */
  private static void eightOfTwo(
      float[] a,
      int p,
      float[] d,
      int q,
      float[][] b,
      int k,
      float[] s,
      float[] t,
      int from,
      int to) {
    float[] b0 = b[k];
    float[] b1 = b[k + 1];
    float[] b2 = b[k + 2];
    float[] b3 = b[k + 3];
    float[] b4 = b[k + 4];
    float[] b5 = b[k + 5];
    float[] b6 = b[k + 6];
    float[] b7 = b[k + 7];
    float p0 = a[p];
    float p1 = a[p + 1];
    float p2 = a[p + 2];
    float p3 = a[p + 3];
    float p4 = a[p + 4];
    float p5 = a[p + 5];
    float p6 = a[p + 6];
    float p7 = a[p + 7];
    float q0 = d[q];
    float q1 = d[q + 1];
    float q2 = d[q + 2];
    float q3 = d[q + 3];
    float q4 = d[q + 4];
    float q5 = d[q + 5];
    float q6 = d[q + 6];
    float q7 = d[q + 7];
    int end = to & ANY;
    for (int j = from & ANY; j < end; j++) {
      float x0 = b0[j];
      float x1 = b1[j];
      float x2 = b2[j];
      float x3 = b3[j];
      float x4 = b4[j];
      float x5 = b5[j];
      float x6 = b6[j];
      float x7 = b7[j];
      float u = s[j];
      u = Math.fma(p0, x0, u);
      u = Math.fma(p1, x1, u);
      u = Math.fma(p2, x2, u);
      u = Math.fma(p3, x3, u);
      u = Math.fma(p4, x4, u);
      u = Math.fma(p5, x5, u);
      u = Math.fma(p6, x6, u);
      u = Math.fma(p7, x7, u);
      float v = t[j];
      v = Math.fma(x0, q0, v);
      v = Math.fma(x1, q1, v);
      v = Math.fma(x2, q2, v);
      v = Math.fma(x3, q3, v);
      v = Math.fma(x4, q4, v);
      v = Math.fma(x5, q5, v);
      v = Math.fma(x6, q6, v);
      v = Math.fma(x7, q7, v);
      s[j] = u;
      t[j] = v;
    }
  }

  /**
   * The same for short loops. The compiler chooses the width of its vectors once for each method,
   * by how often its loop has gone round on average: in one method the short loops of attention
   * would make the vectors of the projections narrow.
   */
  private static void shortEightOfTwo(
      float[] a,
      int p,
      float[] d,
      int q,
      float[][] b,
      int k,
      float[] s,
      float[] t,
      int from,
      int to) {
    float[] b0 = b[k];
    float[] b1 = b[k + 1];
    float[] b2 = b[k + 2];
    float[] b3 = b[k + 3];
    float[] b4 = b[k + 4];
    float[] b5 = b[k + 5];
    float[] b6 = b[k + 6];
    float[] b7 = b[k + 7];
    float p0 = a[p];
    float p1 = a[p + 1];
    float p2 = a[p + 2];
    float p3 = a[p + 3];
    float p4 = a[p + 4];
    float p5 = a[p + 5];
    float p6 = a[p + 6];
    float p7 = a[p + 7];
    float q0 = d[q];
    float q1 = d[q + 1];
    float q2 = d[q + 2];
    float q3 = d[q + 3];
    float q4 = d[q + 4];
    float q5 = d[q + 5];
    float q6 = d[q + 6];
    float q7 = d[q + 7];
    int end = to & ANY;
    for (int j = from & ANY; j < end; j++) {
      float x0 = b0[j];
      float x1 = b1[j];
      float x2 = b2[j];
      float x3 = b3[j];
      float x4 = b4[j];
      float x5 = b5[j];
      float x6 = b6[j];
      float x7 = b7[j];
      float u = s[j];
      u = Math.fma(p0, x0, u);
      u = Math.fma(p1, x1, u);
      u = Math.fma(p2, x2, u);
      u = Math.fma(p3, x3, u);
      u = Math.fma(p4, x4, u);
      u = Math.fma(p5, x5, u);
      u = Math.fma(p6, x6, u);
      u = Math.fma(p7, x7, u);
      float v = t[j];
      v = Math.fma(x0, q0, v);
      v = Math.fma(x1, q1, v);
      v = Math.fma(x2, q2, v);
      v = Math.fma(x3, q3, v);
      v = Math.fma(x4, q4, v);
      v = Math.fma(x5, q5, v);
      v = Math.fma(x6, q6, v);
      v = Math.fma(x7, q7, v);
      s[j] = u;
      t[j] = v;
    }
  }

  /** Four terms of two rows. */
  private static void fourOfTwo(
      float[] a,
      int p,
      float[] d,
      int q,
      float[][] b,
      int k,
      float[] s,
      float[] t,
      int from,
      int to) {
    float[] b0 = b[k];
    float[] b1 = b[k + 1];
    float[] b2 = b[k + 2];
    float[] b3 = b[k + 3];
    float p0 = a[p];
    float p1 = a[p + 1];
    float p2 = a[p + 2];
    float p3 = a[p + 3];
    float q0 = d[q];
    float q1 = d[q + 1];
    float q2 = d[q + 2];
    float q3 = d[q + 3];
    int end = to & ANY;
    for (int j = from & ANY; j < end; j++) {
      float x0 = b0[j];
      float x1 = b1[j];
      float x2 = b2[j];
      float x3 = b3[j];
      float u = s[j];
      u = Math.fma(p0, x0, u);
      u = Math.fma(p1, x1, u);
      u = Math.fma(p2, x2, u);
      u = Math.fma(p3, x3, u);
      float v = t[j];
      v = Math.fma(x0, q0, v);
      v = Math.fma(x1, q1, v);
      v = Math.fma(x2, q2, v);
      v = Math.fma(x3, q3, v);
      s[j] = u;
      t[j] = v;
    }
  }

  /** Four terms of a row. */
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
      float x0 = b0[j];
      float x1 = b1[j];
      float x2 = b2[j];
      float x3 = b3[j];
      float u = s[j];
      u = Math.fma(p0, x0, u);
      u = Math.fma(p1, x1, u);
      u = Math.fma(p2, x2, u);
      u = Math.fma(p3, x3, u);
      s[j] = u;
    }
  }

  /** One term of a row. */
  private static void one(float p, float[] b, float[] s, int from, int to) {
    int end = to & ANY;
    for (int j = from & ANY; j < end; j++) {
      s[j] = Math.fma(p, b[j], s[j]);
    }
  }
}
