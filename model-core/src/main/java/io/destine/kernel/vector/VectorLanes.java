package io.destine.kernel.vector;

import io.destine.kernel.row.FieldLanes;
import io.destine.kernel.row.LaneMatrix;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops of {@link FieldLanes} with the JDK's vector instructions. Accumulators are local
 * variables with a load of their own, as in {@link Strips}.
 */
public final class VectorLanes implements FieldLanes {
  private static final VectorSpecies<Float> SPECIES = Lanes.SPECIES;
  private static final int L = Lanes.LENGTH;

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public FieldLanes another() {
    return this;
  }

  @Override
  public int padded(int n) {
    return (n + L - 1) / L * L;
  }

  /** A row at a time: the vector kernel computes several. */
  @Override
  public int lanesAtOnce() {
    return 1;
  }

  @Override
  public LaneMatrix matrix(int rows) {
    return LaneMatrix.together(rows);
  }

  @Override
  public void multiply(
      float[] a, int a0, int aStep, float[] b, float[] c, int count, int terms, int lanes) {
    multiply(a, a0, aStep, 1, b, 0, lanes, c, 0, lanes, count, terms, lanes);
  }

  @Override
  public void project(float[] weights, LaneMatrix x, LaneMatrix y, int count, int terms) {
    multiply(weights, 0, terms, x.array(0), y.array(0), count, terms, x.step());
  }

  @Override
  public void compare(
      LaneMatrix a,
      int keys,
      int queries,
      LaneMatrix logits,
      int l0,
      int fields,
      int width,
      int lanes) {
    float[] vectors = a.array(0);
    int step = a.step();
    for (int first = 0; first < step; first += lanes) {
      multiply(
          vectors,
          a.at(keys) + first,
          1,
          step,
          vectors,
          a.at(queries) + first,
          step,
          logits.array(0),
          logits.at(l0) + first,
          step,
          fields,
          width,
          lanes);
    }
  }

  @Override
  public void mix(
      LaneMatrix a,
      int values,
      int mixed,
      LaneMatrix weights,
      int w0,
      int width,
      int fields,
      int lanes) {
    float[] vectors = a.array(0);
    int step = a.step();
    for (int first = 0; first < step; first += lanes) {
      multiply(
          vectors,
          a.at(values) + first,
          step,
          1,
          weights.array(0),
          weights.at(w0) + first,
          step,
          vectors,
          a.at(mixed) + first,
          step,
          width,
          fields,
          lanes);
    }
  }

  /**
   * C(i, j) += sum over k of A(i, k) B(k, j).
   *
   * @param a holds A(i, k) at a0 + i aStep + k aNext
   * @param b holds B(k, j) at b0 + k bStep + j
   * @param c holds C(i, j) at c0 + i cStep + j
   */
  private static void multiply(
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
      int lanes) {
    int j = 0;
    for (; count >= 4 && lanes - j >= 3 * L; j += 3 * L) {
      three(a, a0, aStep, aNext, b, b0 + j, bStep, c, c0 + j, cStep, count, terms);
    }
    for (; count >= 4 && lanes - j >= 2 * L; j += 2 * L) {
      two(a, a0, aStep, aNext, b, b0 + j, bStep, c, c0 + j, cStep, count, terms);
    }
    for (; count >= 8 && lanes - j >= L; j += L) {
      column(a, a0, aStep, aNext, b, b0 + j, bStep, c, c0 + j, cStep, count, terms);
    }
    for (int i = 0; j < lanes && i < count; i++) {
      row(a, a0 + i * aStep, aNext, b, b0 + j, bStep, c, c0 + i * cStep + j, terms, lanes - j);
    }
  }

  private static void three(
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
      int terms) {
    int i = 0;
    for (; i + 4 <= count; i += 4) {
      four3(a, a0 + i * aStep, aStep, aNext, b, b0, bStep, c, c0 + i * cStep, cStep, terms);
    }
    for (; i < count; i++) {
      row(a, a0 + i * aStep, aNext, b, b0, bStep, c, c0 + i * cStep, terms, 3 * L);
    }
  }

  private static void two(
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
      int terms) {
    int i = 0;
    for (; i + 4 <= count; i += 4) {
      four2(a, a0 + i * aStep, aStep, aNext, b, b0, bStep, c, c0 + i * cStep, cStep, terms);
    }
    for (; i < count; i++) {
      row(a, a0 + i * aStep, aNext, b, b0, bStep, c, c0 + i * cStep, terms, 2 * L);
    }
  }

  private static void column(
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
      int terms) {
    int i = 0;
    for (; i + 8 <= count; i += 8) {
      eight1(a, a0 + i * aStep, aStep, aNext, b, b0, bStep, c, c0 + i * cStep, cStep, terms);
    }
    for (; i < count; i++) {
      one1(a, a0 + i * aStep, aNext, b, b0, bStep, c, c0 + i * cStep, terms);
    }
  }

  private static void row(
      float[] a,
      int a0,
      int aNext,
      float[] b,
      int b0,
      int bStep,
      float[] c,
      int c0,
      int terms,
      int lanes) {
    int j = 0;
    for (; lanes - j >= 6 * L; j += 6 * L) {
      one6(a, a0, aNext, b, b0 + j, bStep, c, c0 + j, terms);
    }
    for (; lanes - j >= 3 * L; j += 3 * L) {
      one3(a, a0, aNext, b, b0 + j, bStep, c, c0 + j, terms);
    }
    for (; j < lanes; j += L) {
      one1(a, a0, aNext, b, b0 + j, bStep, c, c0 + j, terms);
    }
  }

  /** Three vectors of lanes of four rows. */
  private static void four3(
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
      int terms) {
    FloatVector s00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector s01 = FloatVector.fromArray(SPECIES, c, c0 + L);
    FloatVector s02 = FloatVector.fromArray(SPECIES, c, c0 + 2 * L);
    FloatVector s10 = FloatVector.fromArray(SPECIES, c, c0 + cStep);
    FloatVector s11 = FloatVector.fromArray(SPECIES, c, c0 + cStep + L);
    FloatVector s12 = FloatVector.fromArray(SPECIES, c, c0 + cStep + 2 * L);
    FloatVector s20 = FloatVector.fromArray(SPECIES, c, c0 + 2 * cStep);
    FloatVector s21 = FloatVector.fromArray(SPECIES, c, c0 + 2 * cStep + L);
    FloatVector s22 = FloatVector.fromArray(SPECIES, c, c0 + 2 * cStep + 2 * L);
    FloatVector s30 = FloatVector.fromArray(SPECIES, c, c0 + 3 * cStep);
    FloatVector s31 = FloatVector.fromArray(SPECIES, c, c0 + 3 * cStep + L);
    FloatVector s32 = FloatVector.fromArray(SPECIES, c, c0 + 3 * cStep + 2 * L);
    int ak = a0;
    int bk = b0;
    for (int k = 0; k < terms; k++) {
      FloatVector v0 = FloatVector.fromArray(SPECIES, b, bk);
      FloatVector v1 = FloatVector.fromArray(SPECIES, b, bk + L);
      FloatVector v2 = FloatVector.fromArray(SPECIES, b, bk + 2 * L);
      FloatVector w0 = FloatVector.broadcast(SPECIES, a[ak]);
      s00 = w0.fma(v0, s00);
      s01 = w0.fma(v1, s01);
      s02 = w0.fma(v2, s02);
      FloatVector w1 = FloatVector.broadcast(SPECIES, a[ak + aStep]);
      s10 = w1.fma(v0, s10);
      s11 = w1.fma(v1, s11);
      s12 = w1.fma(v2, s12);
      FloatVector w2 = FloatVector.broadcast(SPECIES, a[ak + 2 * aStep]);
      s20 = w2.fma(v0, s20);
      s21 = w2.fma(v1, s21);
      s22 = w2.fma(v2, s22);
      FloatVector w3 = FloatVector.broadcast(SPECIES, a[ak + 3 * aStep]);
      s30 = w3.fma(v0, s30);
      s31 = w3.fma(v1, s31);
      s32 = w3.fma(v2, s32);
      ak += aNext;
      bk += bStep;
    }
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + L);
    s02.intoArray(c, c0 + 2 * L);
    s10.intoArray(c, c0 + cStep);
    s11.intoArray(c, c0 + cStep + L);
    s12.intoArray(c, c0 + cStep + 2 * L);
    s20.intoArray(c, c0 + 2 * cStep);
    s21.intoArray(c, c0 + 2 * cStep + L);
    s22.intoArray(c, c0 + 2 * cStep + 2 * L);
    s30.intoArray(c, c0 + 3 * cStep);
    s31.intoArray(c, c0 + 3 * cStep + L);
    s32.intoArray(c, c0 + 3 * cStep + 2 * L);
  }

  /** Two vectors of lanes of four rows. */
  private static void four2(
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
      int terms) {
    FloatVector s00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector s01 = FloatVector.fromArray(SPECIES, c, c0 + L);
    FloatVector s10 = FloatVector.fromArray(SPECIES, c, c0 + cStep);
    FloatVector s11 = FloatVector.fromArray(SPECIES, c, c0 + cStep + L);
    FloatVector s20 = FloatVector.fromArray(SPECIES, c, c0 + 2 * cStep);
    FloatVector s21 = FloatVector.fromArray(SPECIES, c, c0 + 2 * cStep + L);
    FloatVector s30 = FloatVector.fromArray(SPECIES, c, c0 + 3 * cStep);
    FloatVector s31 = FloatVector.fromArray(SPECIES, c, c0 + 3 * cStep + L);
    int ak = a0;
    int bk = b0;
    for (int k = 0; k < terms; k++) {
      FloatVector v0 = FloatVector.fromArray(SPECIES, b, bk);
      FloatVector v1 = FloatVector.fromArray(SPECIES, b, bk + L);
      FloatVector w0 = FloatVector.broadcast(SPECIES, a[ak]);
      s00 = w0.fma(v0, s00);
      s01 = w0.fma(v1, s01);
      FloatVector w1 = FloatVector.broadcast(SPECIES, a[ak + aStep]);
      s10 = w1.fma(v0, s10);
      s11 = w1.fma(v1, s11);
      FloatVector w2 = FloatVector.broadcast(SPECIES, a[ak + 2 * aStep]);
      s20 = w2.fma(v0, s20);
      s21 = w2.fma(v1, s21);
      FloatVector w3 = FloatVector.broadcast(SPECIES, a[ak + 3 * aStep]);
      s30 = w3.fma(v0, s30);
      s31 = w3.fma(v1, s31);
      ak += aNext;
      bk += bStep;
    }
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + L);
    s10.intoArray(c, c0 + cStep);
    s11.intoArray(c, c0 + cStep + L);
    s20.intoArray(c, c0 + 2 * cStep);
    s21.intoArray(c, c0 + 2 * cStep + L);
    s30.intoArray(c, c0 + 3 * cStep);
    s31.intoArray(c, c0 + 3 * cStep + L);
  }

  /** A vector of lanes of eight rows. */
  private static void eight1(
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
      int terms) {
    FloatVector s00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector s10 = FloatVector.fromArray(SPECIES, c, c0 + cStep);
    FloatVector s20 = FloatVector.fromArray(SPECIES, c, c0 + 2 * cStep);
    FloatVector s30 = FloatVector.fromArray(SPECIES, c, c0 + 3 * cStep);
    FloatVector s40 = FloatVector.fromArray(SPECIES, c, c0 + 4 * cStep);
    FloatVector s50 = FloatVector.fromArray(SPECIES, c, c0 + 5 * cStep);
    FloatVector s60 = FloatVector.fromArray(SPECIES, c, c0 + 6 * cStep);
    FloatVector s70 = FloatVector.fromArray(SPECIES, c, c0 + 7 * cStep);
    int ak = a0;
    int bk = b0;
    for (int k = 0; k < terms; k++) {
      FloatVector v0 = FloatVector.fromArray(SPECIES, b, bk);
      FloatVector w0 = FloatVector.broadcast(SPECIES, a[ak]);
      s00 = w0.fma(v0, s00);
      FloatVector w1 = FloatVector.broadcast(SPECIES, a[ak + aStep]);
      s10 = w1.fma(v0, s10);
      FloatVector w2 = FloatVector.broadcast(SPECIES, a[ak + 2 * aStep]);
      s20 = w2.fma(v0, s20);
      FloatVector w3 = FloatVector.broadcast(SPECIES, a[ak + 3 * aStep]);
      s30 = w3.fma(v0, s30);
      FloatVector w4 = FloatVector.broadcast(SPECIES, a[ak + 4 * aStep]);
      s40 = w4.fma(v0, s40);
      FloatVector w5 = FloatVector.broadcast(SPECIES, a[ak + 5 * aStep]);
      s50 = w5.fma(v0, s50);
      FloatVector w6 = FloatVector.broadcast(SPECIES, a[ak + 6 * aStep]);
      s60 = w6.fma(v0, s60);
      FloatVector w7 = FloatVector.broadcast(SPECIES, a[ak + 7 * aStep]);
      s70 = w7.fma(v0, s70);
      ak += aNext;
      bk += bStep;
    }
    s00.intoArray(c, c0);
    s10.intoArray(c, c0 + cStep);
    s20.intoArray(c, c0 + 2 * cStep);
    s30.intoArray(c, c0 + 3 * cStep);
    s40.intoArray(c, c0 + 4 * cStep);
    s50.intoArray(c, c0 + 5 * cStep);
    s60.intoArray(c, c0 + 6 * cStep);
    s70.intoArray(c, c0 + 7 * cStep);
  }

  /** Six vectors of lanes of a row. */
  private static void one6(
      float[] a, int a0, int aNext, float[] b, int b0, int bStep, float[] c, int c0, int terms) {
    FloatVector s00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector s01 = FloatVector.fromArray(SPECIES, c, c0 + L);
    FloatVector s02 = FloatVector.fromArray(SPECIES, c, c0 + 2 * L);
    FloatVector s03 = FloatVector.fromArray(SPECIES, c, c0 + 3 * L);
    FloatVector s04 = FloatVector.fromArray(SPECIES, c, c0 + 4 * L);
    FloatVector s05 = FloatVector.fromArray(SPECIES, c, c0 + 5 * L);
    int ak = a0;
    int bk = b0;
    for (int k = 0; k < terms; k++) {
      FloatVector v0 = FloatVector.fromArray(SPECIES, b, bk);
      FloatVector v1 = FloatVector.fromArray(SPECIES, b, bk + L);
      FloatVector v2 = FloatVector.fromArray(SPECIES, b, bk + 2 * L);
      FloatVector v3 = FloatVector.fromArray(SPECIES, b, bk + 3 * L);
      FloatVector v4 = FloatVector.fromArray(SPECIES, b, bk + 4 * L);
      FloatVector v5 = FloatVector.fromArray(SPECIES, b, bk + 5 * L);
      FloatVector w0 = FloatVector.broadcast(SPECIES, a[ak]);
      s00 = w0.fma(v0, s00);
      s01 = w0.fma(v1, s01);
      s02 = w0.fma(v2, s02);
      s03 = w0.fma(v3, s03);
      s04 = w0.fma(v4, s04);
      s05 = w0.fma(v5, s05);
      ak += aNext;
      bk += bStep;
    }
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + L);
    s02.intoArray(c, c0 + 2 * L);
    s03.intoArray(c, c0 + 3 * L);
    s04.intoArray(c, c0 + 4 * L);
    s05.intoArray(c, c0 + 5 * L);
  }

  /** Three vectors of lanes of a row. */
  private static void one3(
      float[] a, int a0, int aNext, float[] b, int b0, int bStep, float[] c, int c0, int terms) {
    FloatVector s00 = FloatVector.fromArray(SPECIES, c, c0);
    FloatVector s01 = FloatVector.fromArray(SPECIES, c, c0 + L);
    FloatVector s02 = FloatVector.fromArray(SPECIES, c, c0 + 2 * L);
    int ak = a0;
    int bk = b0;
    for (int k = 0; k < terms; k++) {
      FloatVector v0 = FloatVector.fromArray(SPECIES, b, bk);
      FloatVector v1 = FloatVector.fromArray(SPECIES, b, bk + L);
      FloatVector v2 = FloatVector.fromArray(SPECIES, b, bk + 2 * L);
      FloatVector w0 = FloatVector.broadcast(SPECIES, a[ak]);
      s00 = w0.fma(v0, s00);
      s01 = w0.fma(v1, s01);
      s02 = w0.fma(v2, s02);
      ak += aNext;
      bk += bStep;
    }
    s00.intoArray(c, c0);
    s01.intoArray(c, c0 + L);
    s02.intoArray(c, c0 + 2 * L);
  }

  /** A vector of lanes of a row. */
  private static void one1(
      float[] a, int a0, int aNext, float[] b, int b0, int bStep, float[] c, int c0, int terms) {
    FloatVector s00 = FloatVector.fromArray(SPECIES, c, c0);
    int ak = a0;
    int bk = b0;
    for (int k = 0; k < terms; k++) {
      FloatVector v0 = FloatVector.fromArray(SPECIES, b, bk);
      FloatVector w0 = FloatVector.broadcast(SPECIES, a[ak]);
      s00 = w0.fma(v0, s00);
      ak += aNext;
      bk += bStep;
    }
    s00.intoArray(c, c0);
  }

  @Override
  public void softmax(LaneMatrix x, int x0, int n, int from, int to) {
    for (int j = from / L * L; j < to; j += L) {
      LaneMath.softmax(x.array(0), x.at(x0) + j, x.step(), n);
    }
  }
}
