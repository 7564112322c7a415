package io.destine.kernel.vector;

import io.destine.kernel.row.FieldLanes;
import io.destine.kernel.row.FieldMatrix;

/** The loops of {@link FieldLanes} with the JDK's vector instructions. */
public final class VectorLanes implements FieldLanes {
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

  /** One row at a time: the vector kernel is used for several rows. */
  @Override
  public int lanesAtOnce() {
    return 1;
  }

  @Override
  public FieldMatrix matrix(int rows) {
    return FieldMatrix.together(rows);
  }

  @Override
  public void multiply(
      float[] a, int a0, int aStep, float[] b, float[] c, int count, int terms, int lanes) {
    multiply(a, a0, aStep, 1, b, 0, lanes, c, 0, lanes, count, terms, lanes);
  }

  @Override
  public void project(float[] weights, FieldMatrix x, FieldMatrix y, int count, int terms) {
    multiply(weights, 0, terms, x.array(0), y.array(0), count, terms, x.step());
  }

  @Override
  public void compare(
      FieldMatrix a,
      int keys,
      int queries,
      FieldMatrix logits,
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
      FieldMatrix a,
      int values,
      int mixed,
      FieldMatrix weights,
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
      FieldStrips.four3(
          a, a0 + i * aStep, aStep, aNext, b, b0, bStep, c, c0 + i * cStep, cStep, terms);
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
      FieldStrips.four2(
          a, a0 + i * aStep, aStep, aNext, b, b0, bStep, c, c0 + i * cStep, cStep, terms);
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
      FieldStrips.eight1(
          a, a0 + i * aStep, aStep, aNext, b, b0, bStep, c, c0 + i * cStep, cStep, terms);
    }
    for (; i < count; i++) {
      FieldStrips.one1(a, a0 + i * aStep, aNext, b, b0, bStep, c, c0 + i * cStep, terms);
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
      FieldStrips.one6(a, a0, aNext, b, b0 + j, bStep, c, c0 + j, terms);
    }
    for (; lanes - j >= 3 * L; j += 3 * L) {
      FieldStrips.one3(a, a0, aNext, b, b0 + j, bStep, c, c0 + j, terms);
    }
    for (; j < lanes; j += L) {
      FieldStrips.one1(a, a0, aNext, b, b0 + j, bStep, c, c0 + j, terms);
    }
  }

  @Override
  public void softmax(FieldMatrix x, int x0, int n, int from, int to) {
    for (int j = from / L * L; j < to; j += L) {
      LaneMath.softmax(x.array(0), x.at(x0) + j, x.step(), n);
    }
  }
}
