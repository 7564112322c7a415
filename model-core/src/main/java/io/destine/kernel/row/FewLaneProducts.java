package io.destine.kernel.row;

/**
 * Sums of products over a few lanes in plain Java. A loop over so few lanes spends its time before
 * and behind its vector instructions; here the sums stay in registers while the terms go by.
 */
final class FewLaneProducts {
  private FewLaneProducts() {}

  /**
   * Adds a product, four lanes of four rows at a time.
   *
   * @see PlainProducts#add
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
    for (int j = from; j < to; j += 4) {
      int p = a0;
      int i = 0;
      for (; i + 4 <= count; i += 4) {
        int q = p + step;
        int r = q + step;
        int s = r + step;
        int at = c0 + i;
        fewOfFour(
            a[i], p, a[i + 1], q, a[i + 2], r, a[i + 3], s, b, b0, terms, c[at], c[at + 1],
            c[at + 2], c[at + 3], j);
        p = s + step;
      }
      for (; i < count; i++) {
        few(a[i], p, b, b0, terms, c[c0 + i], j);
        p += step;
      }
    }
  }

  /** Four lanes of four rows, whose sums stay in registers. */
  private static void fewOfFour(
      float[] a0,
      int p0,
      float[] a1,
      int p1,
      float[] a2,
      int p2,
      float[] a3,
      int p3,
      float[][] b,
      int b0,
      int terms,
      float[] s,
      float[] t,
      float[] u,
      float[] v,
      int j) {
    float s0 = s[j];
    float s1 = s[j + 1];
    float s2 = s[j + 2];
    float s3 = s[j + 3];
    float t0 = t[j];
    float t1 = t[j + 1];
    float t2 = t[j + 2];
    float t3 = t[j + 3];
    float u0 = u[j];
    float u1 = u[j + 1];
    float u2 = u[j + 2];
    float u3 = u[j + 3];
    float v0 = v[j];
    float v1 = v[j + 1];
    float v2 = v[j + 2];
    float v3 = v[j + 3];
    for (int k = 0; k < terms; k++) {
      float[] row = b[b0 + k];
      float x0 = row[j];
      float x1 = row[j + 1];
      float x2 = row[j + 2];
      float x3 = row[j + 3];
      float f0 = a0[p0 + k];
      s0 = Math.fma(f0, x0, s0);
      s1 = Math.fma(f0, x1, s1);
      s2 = Math.fma(f0, x2, s2);
      s3 = Math.fma(f0, x3, s3);
      float f1 = a1[p1 + k];
      t0 = Math.fma(f1, x0, t0);
      t1 = Math.fma(f1, x1, t1);
      t2 = Math.fma(f1, x2, t2);
      t3 = Math.fma(f1, x3, t3);
      float f2 = a2[p2 + k];
      u0 = Math.fma(f2, x0, u0);
      u1 = Math.fma(f2, x1, u1);
      u2 = Math.fma(f2, x2, u2);
      u3 = Math.fma(f2, x3, u3);
      float f3 = a3[p3 + k];
      v0 = Math.fma(f3, x0, v0);
      v1 = Math.fma(f3, x1, v1);
      v2 = Math.fma(f3, x2, v2);
      v3 = Math.fma(f3, x3, v3);
    }
    s[j] = s0;
    s[j + 1] = s1;
    s[j + 2] = s2;
    s[j + 3] = s3;
    t[j] = t0;
    t[j + 1] = t1;
    t[j + 2] = t2;
    t[j + 3] = t3;
    u[j] = u0;
    u[j + 1] = u1;
    u[j + 2] = u2;
    u[j + 3] = u3;
    v[j] = v0;
    v[j + 1] = v1;
    v[j + 2] = v2;
    v[j + 3] = v3;
  }

  /** Four lanes of a row. */
  private static void few(float[] a0, int p0, float[][] b, int b0, int terms, float[] s, int j) {
    float s0 = s[j];
    float s1 = s[j + 1];
    float s2 = s[j + 2];
    float s3 = s[j + 3];
    for (int k = 0; k < terms; k++) {
      float[] row = b[b0 + k];
      float x0 = row[j];
      float x1 = row[j + 1];
      float x2 = row[j + 2];
      float x3 = row[j + 3];
      float f0 = a0[p0 + k];
      s0 = Math.fma(f0, x0, s0);
      s1 = Math.fma(f0, x1, s1);
      s2 = Math.fma(f0, x2, s2);
      s3 = Math.fma(f0, x3, s3);
    }
    s[j] = s0;
    s[j + 1] = s1;
    s[j + 2] = s2;
    s[j + 3] = s3;
  }
}
