package io.destine.kernel.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost loops of every product: sums of products in registers, for a fixed group of 2, 4, 5
 * or 6 vectors B and, one after the other, groups of 4 operands A:
 *
 * <pre>
 *   C(i, j) = init(i, j) + sum over k &lt; n of A(i, k) B(j, k)
 * </pre>
 *
 * <p>A(i, k) lies at a + i aStep + k aNext, B(j, k) at b + j bStep + k bNext, init(i, j) at init +
 * i initA + j initB and C(i, j) at c + i cA + j cB, all in one array. Each sum runs over k in order
 * with one fused multiply-add for each term, so its bits do not depend on the size of the group.
 *
 * <p>Lane by lane, vectors B lie side by side: bStep is {@link #SIDE}. With a stride that the
 * compiler does not know, it works out two addresses for every vector, and where A are vectors,
 * too, the processor has more instructions to take in than the arithmetic takes time: a fifth
 * slower. The checks of bounds have a use: they keep the compiler from loading all vectors of a
 * turn before their first use, for which there are too few registers.
 *
 * <p>Written out, because the compiler keeps an accumulator in a register only when it is a local
 * variable with a load of its own; a shared zero would be boxed on every turn of the loop. 4 x 6
 * accumulators, 6 B and one A fill the 32 registers of AVX-512.
 */
final class Strips {
  private static final VectorSpecies<Float> SPECIES = Lanes.SPECIES;

  /** Floats from a vector to the next one. */
  private static final int SIDE = Lanes.LENGTH;

  private Strips() {}

  /** 6 vectors B, lane by lane with groups of 4 vectors A. */
  static void lanes6(
      float[] s,
      int a,
      int aStep,
      int aNext,
      int b,
      int bNext,
      int init,
      int initA,
      int initB,
      int c,
      int cA,
      int cB,
      int groups,
      int n) {
    for (int g = 0; g < groups; g++) {
      int ga = a + g * 4 * aStep;
      int gi = init + g * 4 * initA;
      int gc = c + g * 4 * cA;
      FloatVector c00 = FloatVector.fromArray(SPECIES, s, gi);
      FloatVector c01 = FloatVector.fromArray(SPECIES, s, gi + initB);
      FloatVector c02 = FloatVector.fromArray(SPECIES, s, gi + 2 * initB);
      FloatVector c03 = FloatVector.fromArray(SPECIES, s, gi + 3 * initB);
      FloatVector c04 = FloatVector.fromArray(SPECIES, s, gi + 4 * initB);
      FloatVector c05 = FloatVector.fromArray(SPECIES, s, gi + 5 * initB);
      FloatVector c10 = FloatVector.fromArray(SPECIES, s, gi + initA);
      FloatVector c11 = FloatVector.fromArray(SPECIES, s, gi + initA + initB);
      FloatVector c12 = FloatVector.fromArray(SPECIES, s, gi + initA + 2 * initB);
      FloatVector c13 = FloatVector.fromArray(SPECIES, s, gi + initA + 3 * initB);
      FloatVector c14 = FloatVector.fromArray(SPECIES, s, gi + initA + 4 * initB);
      FloatVector c15 = FloatVector.fromArray(SPECIES, s, gi + initA + 5 * initB);
      FloatVector c20 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA);
      FloatVector c21 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + initB);
      FloatVector c22 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + 2 * initB);
      FloatVector c23 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + 3 * initB);
      FloatVector c24 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + 4 * initB);
      FloatVector c25 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + 5 * initB);
      FloatVector c30 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA);
      FloatVector c31 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + initB);
      FloatVector c32 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + 2 * initB);
      FloatVector c33 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + 3 * initB);
      FloatVector c34 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + 4 * initB);
      FloatVector c35 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + 5 * initB);
      int ak = ga;
      int bk = b;
      for (int k = 0; k < n; k++) {
        FloatVector b0 = FloatVector.fromArray(SPECIES, s, bk);
        FloatVector b1 = FloatVector.fromArray(SPECIES, s, bk + SIDE);
        FloatVector b2 = FloatVector.fromArray(SPECIES, s, bk + 2 * SIDE);
        FloatVector b3 = FloatVector.fromArray(SPECIES, s, bk + 3 * SIDE);
        FloatVector b4 = FloatVector.fromArray(SPECIES, s, bk + 4 * SIDE);
        FloatVector b5 = FloatVector.fromArray(SPECIES, s, bk + 5 * SIDE);
        FloatVector a0 = FloatVector.fromArray(SPECIES, s, ak);
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        c02 = a0.fma(b2, c02);
        c03 = a0.fma(b3, c03);
        c04 = a0.fma(b4, c04);
        c05 = a0.fma(b5, c05);
        FloatVector a1 = FloatVector.fromArray(SPECIES, s, ak + aStep);
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        c12 = a1.fma(b2, c12);
        c13 = a1.fma(b3, c13);
        c14 = a1.fma(b4, c14);
        c15 = a1.fma(b5, c15);
        FloatVector a2 = FloatVector.fromArray(SPECIES, s, ak + 2 * aStep);
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        c22 = a2.fma(b2, c22);
        c23 = a2.fma(b3, c23);
        c24 = a2.fma(b4, c24);
        c25 = a2.fma(b5, c25);
        FloatVector a3 = FloatVector.fromArray(SPECIES, s, ak + 3 * aStep);
        c30 = a3.fma(b0, c30);
        c31 = a3.fma(b1, c31);
        c32 = a3.fma(b2, c32);
        c33 = a3.fma(b3, c33);
        c34 = a3.fma(b4, c34);
        c35 = a3.fma(b5, c35);
        ak += aNext;
        bk += bNext;
      }
      c00.intoArray(s, gc);
      c01.intoArray(s, gc + cB);
      c02.intoArray(s, gc + 2 * cB);
      c03.intoArray(s, gc + 3 * cB);
      c04.intoArray(s, gc + 4 * cB);
      c05.intoArray(s, gc + 5 * cB);
      c10.intoArray(s, gc + cA);
      c11.intoArray(s, gc + cA + cB);
      c12.intoArray(s, gc + cA + 2 * cB);
      c13.intoArray(s, gc + cA + 3 * cB);
      c14.intoArray(s, gc + cA + 4 * cB);
      c15.intoArray(s, gc + cA + 5 * cB);
      c20.intoArray(s, gc + 2 * cA);
      c21.intoArray(s, gc + 2 * cA + cB);
      c22.intoArray(s, gc + 2 * cA + 2 * cB);
      c23.intoArray(s, gc + 2 * cA + 3 * cB);
      c24.intoArray(s, gc + 2 * cA + 4 * cB);
      c25.intoArray(s, gc + 2 * cA + 5 * cB);
      c30.intoArray(s, gc + 3 * cA);
      c31.intoArray(s, gc + 3 * cA + cB);
      c32.intoArray(s, gc + 3 * cA + 2 * cB);
      c33.intoArray(s, gc + 3 * cA + 3 * cB);
      c34.intoArray(s, gc + 3 * cA + 4 * cB);
      c35.intoArray(s, gc + 3 * cA + 5 * cB);
    }
  }

  /** 5 vectors B, lane by lane with groups of 4 vectors A. */
  static void lanes5(
      float[] s,
      int a,
      int aStep,
      int aNext,
      int b,
      int bNext,
      int init,
      int initA,
      int initB,
      int c,
      int cA,
      int cB,
      int groups,
      int n) {
    for (int g = 0; g < groups; g++) {
      int ga = a + g * 4 * aStep;
      int gi = init + g * 4 * initA;
      int gc = c + g * 4 * cA;
      FloatVector c00 = FloatVector.fromArray(SPECIES, s, gi);
      FloatVector c01 = FloatVector.fromArray(SPECIES, s, gi + initB);
      FloatVector c02 = FloatVector.fromArray(SPECIES, s, gi + 2 * initB);
      FloatVector c03 = FloatVector.fromArray(SPECIES, s, gi + 3 * initB);
      FloatVector c04 = FloatVector.fromArray(SPECIES, s, gi + 4 * initB);
      FloatVector c10 = FloatVector.fromArray(SPECIES, s, gi + initA);
      FloatVector c11 = FloatVector.fromArray(SPECIES, s, gi + initA + initB);
      FloatVector c12 = FloatVector.fromArray(SPECIES, s, gi + initA + 2 * initB);
      FloatVector c13 = FloatVector.fromArray(SPECIES, s, gi + initA + 3 * initB);
      FloatVector c14 = FloatVector.fromArray(SPECIES, s, gi + initA + 4 * initB);
      FloatVector c20 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA);
      FloatVector c21 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + initB);
      FloatVector c22 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + 2 * initB);
      FloatVector c23 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + 3 * initB);
      FloatVector c24 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + 4 * initB);
      FloatVector c30 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA);
      FloatVector c31 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + initB);
      FloatVector c32 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + 2 * initB);
      FloatVector c33 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + 3 * initB);
      FloatVector c34 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + 4 * initB);
      int ak = ga;
      int bk = b;
      for (int k = 0; k < n; k++) {
        FloatVector b0 = FloatVector.fromArray(SPECIES, s, bk);
        FloatVector b1 = FloatVector.fromArray(SPECIES, s, bk + SIDE);
        FloatVector b2 = FloatVector.fromArray(SPECIES, s, bk + 2 * SIDE);
        FloatVector b3 = FloatVector.fromArray(SPECIES, s, bk + 3 * SIDE);
        FloatVector b4 = FloatVector.fromArray(SPECIES, s, bk + 4 * SIDE);
        FloatVector a0 = FloatVector.fromArray(SPECIES, s, ak);
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        c02 = a0.fma(b2, c02);
        c03 = a0.fma(b3, c03);
        c04 = a0.fma(b4, c04);
        FloatVector a1 = FloatVector.fromArray(SPECIES, s, ak + aStep);
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        c12 = a1.fma(b2, c12);
        c13 = a1.fma(b3, c13);
        c14 = a1.fma(b4, c14);
        FloatVector a2 = FloatVector.fromArray(SPECIES, s, ak + 2 * aStep);
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        c22 = a2.fma(b2, c22);
        c23 = a2.fma(b3, c23);
        c24 = a2.fma(b4, c24);
        FloatVector a3 = FloatVector.fromArray(SPECIES, s, ak + 3 * aStep);
        c30 = a3.fma(b0, c30);
        c31 = a3.fma(b1, c31);
        c32 = a3.fma(b2, c32);
        c33 = a3.fma(b3, c33);
        c34 = a3.fma(b4, c34);
        ak += aNext;
        bk += bNext;
      }
      c00.intoArray(s, gc);
      c01.intoArray(s, gc + cB);
      c02.intoArray(s, gc + 2 * cB);
      c03.intoArray(s, gc + 3 * cB);
      c04.intoArray(s, gc + 4 * cB);
      c10.intoArray(s, gc + cA);
      c11.intoArray(s, gc + cA + cB);
      c12.intoArray(s, gc + cA + 2 * cB);
      c13.intoArray(s, gc + cA + 3 * cB);
      c14.intoArray(s, gc + cA + 4 * cB);
      c20.intoArray(s, gc + 2 * cA);
      c21.intoArray(s, gc + 2 * cA + cB);
      c22.intoArray(s, gc + 2 * cA + 2 * cB);
      c23.intoArray(s, gc + 2 * cA + 3 * cB);
      c24.intoArray(s, gc + 2 * cA + 4 * cB);
      c30.intoArray(s, gc + 3 * cA);
      c31.intoArray(s, gc + 3 * cA + cB);
      c32.intoArray(s, gc + 3 * cA + 2 * cB);
      c33.intoArray(s, gc + 3 * cA + 3 * cB);
      c34.intoArray(s, gc + 3 * cA + 4 * cB);
    }
  }

  /** 4 vectors B, lane by lane with groups of 4 vectors A. */
  static void lanes4(
      float[] s,
      int a,
      int aStep,
      int aNext,
      int b,
      int bNext,
      int init,
      int initA,
      int initB,
      int c,
      int cA,
      int cB,
      int groups,
      int n) {
    for (int g = 0; g < groups; g++) {
      int ga = a + g * 4 * aStep;
      int gi = init + g * 4 * initA;
      int gc = c + g * 4 * cA;
      FloatVector c00 = FloatVector.fromArray(SPECIES, s, gi);
      FloatVector c01 = FloatVector.fromArray(SPECIES, s, gi + initB);
      FloatVector c02 = FloatVector.fromArray(SPECIES, s, gi + 2 * initB);
      FloatVector c03 = FloatVector.fromArray(SPECIES, s, gi + 3 * initB);
      FloatVector c10 = FloatVector.fromArray(SPECIES, s, gi + initA);
      FloatVector c11 = FloatVector.fromArray(SPECIES, s, gi + initA + initB);
      FloatVector c12 = FloatVector.fromArray(SPECIES, s, gi + initA + 2 * initB);
      FloatVector c13 = FloatVector.fromArray(SPECIES, s, gi + initA + 3 * initB);
      FloatVector c20 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA);
      FloatVector c21 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + initB);
      FloatVector c22 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + 2 * initB);
      FloatVector c23 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + 3 * initB);
      FloatVector c30 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA);
      FloatVector c31 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + initB);
      FloatVector c32 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + 2 * initB);
      FloatVector c33 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + 3 * initB);
      int ak = ga;
      int bk = b;
      for (int k = 0; k < n; k++) {
        FloatVector b0 = FloatVector.fromArray(SPECIES, s, bk);
        FloatVector b1 = FloatVector.fromArray(SPECIES, s, bk + SIDE);
        FloatVector b2 = FloatVector.fromArray(SPECIES, s, bk + 2 * SIDE);
        FloatVector b3 = FloatVector.fromArray(SPECIES, s, bk + 3 * SIDE);
        FloatVector a0 = FloatVector.fromArray(SPECIES, s, ak);
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        c02 = a0.fma(b2, c02);
        c03 = a0.fma(b3, c03);
        FloatVector a1 = FloatVector.fromArray(SPECIES, s, ak + aStep);
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        c12 = a1.fma(b2, c12);
        c13 = a1.fma(b3, c13);
        FloatVector a2 = FloatVector.fromArray(SPECIES, s, ak + 2 * aStep);
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        c22 = a2.fma(b2, c22);
        c23 = a2.fma(b3, c23);
        FloatVector a3 = FloatVector.fromArray(SPECIES, s, ak + 3 * aStep);
        c30 = a3.fma(b0, c30);
        c31 = a3.fma(b1, c31);
        c32 = a3.fma(b2, c32);
        c33 = a3.fma(b3, c33);
        ak += aNext;
        bk += bNext;
      }
      c00.intoArray(s, gc);
      c01.intoArray(s, gc + cB);
      c02.intoArray(s, gc + 2 * cB);
      c03.intoArray(s, gc + 3 * cB);
      c10.intoArray(s, gc + cA);
      c11.intoArray(s, gc + cA + cB);
      c12.intoArray(s, gc + cA + 2 * cB);
      c13.intoArray(s, gc + cA + 3 * cB);
      c20.intoArray(s, gc + 2 * cA);
      c21.intoArray(s, gc + 2 * cA + cB);
      c22.intoArray(s, gc + 2 * cA + 2 * cB);
      c23.intoArray(s, gc + 2 * cA + 3 * cB);
      c30.intoArray(s, gc + 3 * cA);
      c31.intoArray(s, gc + 3 * cA + cB);
      c32.intoArray(s, gc + 3 * cA + 2 * cB);
      c33.intoArray(s, gc + 3 * cA + 3 * cB);
    }
  }

  /** 2 vectors B, lane by lane with groups of 4 vectors A. */
  static void lanes2(
      float[] s,
      int a,
      int aStep,
      int aNext,
      int b,
      int bNext,
      int init,
      int initA,
      int initB,
      int c,
      int cA,
      int cB,
      int groups,
      int n) {
    for (int g = 0; g < groups; g++) {
      int ga = a + g * 4 * aStep;
      int gi = init + g * 4 * initA;
      int gc = c + g * 4 * cA;
      FloatVector c00 = FloatVector.fromArray(SPECIES, s, gi);
      FloatVector c01 = FloatVector.fromArray(SPECIES, s, gi + initB);
      FloatVector c10 = FloatVector.fromArray(SPECIES, s, gi + initA);
      FloatVector c11 = FloatVector.fromArray(SPECIES, s, gi + initA + initB);
      FloatVector c20 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA);
      FloatVector c21 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + initB);
      FloatVector c30 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA);
      FloatVector c31 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + initB);
      int ak = ga;
      int bk = b;
      for (int k = 0; k < n; k++) {
        FloatVector b0 = FloatVector.fromArray(SPECIES, s, bk);
        FloatVector b1 = FloatVector.fromArray(SPECIES, s, bk + SIDE);
        FloatVector a0 = FloatVector.fromArray(SPECIES, s, ak);
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        FloatVector a1 = FloatVector.fromArray(SPECIES, s, ak + aStep);
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        FloatVector a2 = FloatVector.fromArray(SPECIES, s, ak + 2 * aStep);
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        FloatVector a3 = FloatVector.fromArray(SPECIES, s, ak + 3 * aStep);
        c30 = a3.fma(b0, c30);
        c31 = a3.fma(b1, c31);
        ak += aNext;
        bk += bNext;
      }
      c00.intoArray(s, gc);
      c01.intoArray(s, gc + cB);
      c10.intoArray(s, gc + cA);
      c11.intoArray(s, gc + cA + cB);
      c20.intoArray(s, gc + 2 * cA);
      c21.intoArray(s, gc + 2 * cA + cB);
      c30.intoArray(s, gc + 3 * cA);
      c31.intoArray(s, gc + 3 * cA + cB);
    }
  }

  /** 6 vectors B, with groups of 4 numbers A. */
  static void broadcast6(
      float[] s,
      int a,
      int aStep,
      int aNext,
      int b,
      int bStep,
      int bNext,
      int init,
      int initA,
      int initB,
      int c,
      int cA,
      int cB,
      int groups,
      int n) {
    for (int g = 0; g < groups; g++) {
      int ga = a + g * 4 * aStep;
      int gi = init + g * 4 * initA;
      int gc = c + g * 4 * cA;
      FloatVector c00 = FloatVector.fromArray(SPECIES, s, gi);
      FloatVector c01 = FloatVector.fromArray(SPECIES, s, gi + initB);
      FloatVector c02 = FloatVector.fromArray(SPECIES, s, gi + 2 * initB);
      FloatVector c03 = FloatVector.fromArray(SPECIES, s, gi + 3 * initB);
      FloatVector c04 = FloatVector.fromArray(SPECIES, s, gi + 4 * initB);
      FloatVector c05 = FloatVector.fromArray(SPECIES, s, gi + 5 * initB);
      FloatVector c10 = FloatVector.fromArray(SPECIES, s, gi + initA);
      FloatVector c11 = FloatVector.fromArray(SPECIES, s, gi + initA + initB);
      FloatVector c12 = FloatVector.fromArray(SPECIES, s, gi + initA + 2 * initB);
      FloatVector c13 = FloatVector.fromArray(SPECIES, s, gi + initA + 3 * initB);
      FloatVector c14 = FloatVector.fromArray(SPECIES, s, gi + initA + 4 * initB);
      FloatVector c15 = FloatVector.fromArray(SPECIES, s, gi + initA + 5 * initB);
      FloatVector c20 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA);
      FloatVector c21 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + initB);
      FloatVector c22 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + 2 * initB);
      FloatVector c23 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + 3 * initB);
      FloatVector c24 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + 4 * initB);
      FloatVector c25 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + 5 * initB);
      FloatVector c30 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA);
      FloatVector c31 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + initB);
      FloatVector c32 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + 2 * initB);
      FloatVector c33 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + 3 * initB);
      FloatVector c34 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + 4 * initB);
      FloatVector c35 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + 5 * initB);
      int ak = ga;
      int bk = b;
      for (int k = 0; k < n; k++) {
        FloatVector b0 = FloatVector.fromArray(SPECIES, s, bk);
        FloatVector b1 = FloatVector.fromArray(SPECIES, s, bk + bStep);
        FloatVector b2 = FloatVector.fromArray(SPECIES, s, bk + 2 * bStep);
        FloatVector b3 = FloatVector.fromArray(SPECIES, s, bk + 3 * bStep);
        FloatVector b4 = FloatVector.fromArray(SPECIES, s, bk + 4 * bStep);
        FloatVector b5 = FloatVector.fromArray(SPECIES, s, bk + 5 * bStep);
        FloatVector a0 = FloatVector.broadcast(SPECIES, s[ak]);
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        c02 = a0.fma(b2, c02);
        c03 = a0.fma(b3, c03);
        c04 = a0.fma(b4, c04);
        c05 = a0.fma(b5, c05);
        FloatVector a1 = FloatVector.broadcast(SPECIES, s[ak + aStep]);
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        c12 = a1.fma(b2, c12);
        c13 = a1.fma(b3, c13);
        c14 = a1.fma(b4, c14);
        c15 = a1.fma(b5, c15);
        FloatVector a2 = FloatVector.broadcast(SPECIES, s[ak + 2 * aStep]);
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        c22 = a2.fma(b2, c22);
        c23 = a2.fma(b3, c23);
        c24 = a2.fma(b4, c24);
        c25 = a2.fma(b5, c25);
        FloatVector a3 = FloatVector.broadcast(SPECIES, s[ak + 3 * aStep]);
        c30 = a3.fma(b0, c30);
        c31 = a3.fma(b1, c31);
        c32 = a3.fma(b2, c32);
        c33 = a3.fma(b3, c33);
        c34 = a3.fma(b4, c34);
        c35 = a3.fma(b5, c35);
        ak += aNext;
        bk += bNext;
      }
      c00.intoArray(s, gc);
      c01.intoArray(s, gc + cB);
      c02.intoArray(s, gc + 2 * cB);
      c03.intoArray(s, gc + 3 * cB);
      c04.intoArray(s, gc + 4 * cB);
      c05.intoArray(s, gc + 5 * cB);
      c10.intoArray(s, gc + cA);
      c11.intoArray(s, gc + cA + cB);
      c12.intoArray(s, gc + cA + 2 * cB);
      c13.intoArray(s, gc + cA + 3 * cB);
      c14.intoArray(s, gc + cA + 4 * cB);
      c15.intoArray(s, gc + cA + 5 * cB);
      c20.intoArray(s, gc + 2 * cA);
      c21.intoArray(s, gc + 2 * cA + cB);
      c22.intoArray(s, gc + 2 * cA + 2 * cB);
      c23.intoArray(s, gc + 2 * cA + 3 * cB);
      c24.intoArray(s, gc + 2 * cA + 4 * cB);
      c25.intoArray(s, gc + 2 * cA + 5 * cB);
      c30.intoArray(s, gc + 3 * cA);
      c31.intoArray(s, gc + 3 * cA + cB);
      c32.intoArray(s, gc + 3 * cA + 2 * cB);
      c33.intoArray(s, gc + 3 * cA + 3 * cB);
      c34.intoArray(s, gc + 3 * cA + 4 * cB);
      c35.intoArray(s, gc + 3 * cA + 5 * cB);
    }
  }

  /** 5 vectors B, with groups of 4 numbers A. */
  static void broadcast5(
      float[] s,
      int a,
      int aStep,
      int aNext,
      int b,
      int bStep,
      int bNext,
      int init,
      int initA,
      int initB,
      int c,
      int cA,
      int cB,
      int groups,
      int n) {
    for (int g = 0; g < groups; g++) {
      int ga = a + g * 4 * aStep;
      int gi = init + g * 4 * initA;
      int gc = c + g * 4 * cA;
      FloatVector c00 = FloatVector.fromArray(SPECIES, s, gi);
      FloatVector c01 = FloatVector.fromArray(SPECIES, s, gi + initB);
      FloatVector c02 = FloatVector.fromArray(SPECIES, s, gi + 2 * initB);
      FloatVector c03 = FloatVector.fromArray(SPECIES, s, gi + 3 * initB);
      FloatVector c04 = FloatVector.fromArray(SPECIES, s, gi + 4 * initB);
      FloatVector c10 = FloatVector.fromArray(SPECIES, s, gi + initA);
      FloatVector c11 = FloatVector.fromArray(SPECIES, s, gi + initA + initB);
      FloatVector c12 = FloatVector.fromArray(SPECIES, s, gi + initA + 2 * initB);
      FloatVector c13 = FloatVector.fromArray(SPECIES, s, gi + initA + 3 * initB);
      FloatVector c14 = FloatVector.fromArray(SPECIES, s, gi + initA + 4 * initB);
      FloatVector c20 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA);
      FloatVector c21 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + initB);
      FloatVector c22 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + 2 * initB);
      FloatVector c23 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + 3 * initB);
      FloatVector c24 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + 4 * initB);
      FloatVector c30 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA);
      FloatVector c31 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + initB);
      FloatVector c32 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + 2 * initB);
      FloatVector c33 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + 3 * initB);
      FloatVector c34 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + 4 * initB);
      int ak = ga;
      int bk = b;
      for (int k = 0; k < n; k++) {
        FloatVector b0 = FloatVector.fromArray(SPECIES, s, bk);
        FloatVector b1 = FloatVector.fromArray(SPECIES, s, bk + bStep);
        FloatVector b2 = FloatVector.fromArray(SPECIES, s, bk + 2 * bStep);
        FloatVector b3 = FloatVector.fromArray(SPECIES, s, bk + 3 * bStep);
        FloatVector b4 = FloatVector.fromArray(SPECIES, s, bk + 4 * bStep);
        FloatVector a0 = FloatVector.broadcast(SPECIES, s[ak]);
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        c02 = a0.fma(b2, c02);
        c03 = a0.fma(b3, c03);
        c04 = a0.fma(b4, c04);
        FloatVector a1 = FloatVector.broadcast(SPECIES, s[ak + aStep]);
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        c12 = a1.fma(b2, c12);
        c13 = a1.fma(b3, c13);
        c14 = a1.fma(b4, c14);
        FloatVector a2 = FloatVector.broadcast(SPECIES, s[ak + 2 * aStep]);
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        c22 = a2.fma(b2, c22);
        c23 = a2.fma(b3, c23);
        c24 = a2.fma(b4, c24);
        FloatVector a3 = FloatVector.broadcast(SPECIES, s[ak + 3 * aStep]);
        c30 = a3.fma(b0, c30);
        c31 = a3.fma(b1, c31);
        c32 = a3.fma(b2, c32);
        c33 = a3.fma(b3, c33);
        c34 = a3.fma(b4, c34);
        ak += aNext;
        bk += bNext;
      }
      c00.intoArray(s, gc);
      c01.intoArray(s, gc + cB);
      c02.intoArray(s, gc + 2 * cB);
      c03.intoArray(s, gc + 3 * cB);
      c04.intoArray(s, gc + 4 * cB);
      c10.intoArray(s, gc + cA);
      c11.intoArray(s, gc + cA + cB);
      c12.intoArray(s, gc + cA + 2 * cB);
      c13.intoArray(s, gc + cA + 3 * cB);
      c14.intoArray(s, gc + cA + 4 * cB);
      c20.intoArray(s, gc + 2 * cA);
      c21.intoArray(s, gc + 2 * cA + cB);
      c22.intoArray(s, gc + 2 * cA + 2 * cB);
      c23.intoArray(s, gc + 2 * cA + 3 * cB);
      c24.intoArray(s, gc + 2 * cA + 4 * cB);
      c30.intoArray(s, gc + 3 * cA);
      c31.intoArray(s, gc + 3 * cA + cB);
      c32.intoArray(s, gc + 3 * cA + 2 * cB);
      c33.intoArray(s, gc + 3 * cA + 3 * cB);
      c34.intoArray(s, gc + 3 * cA + 4 * cB);
    }
  }

  /** 4 vectors B, with groups of 4 numbers A. */
  static void broadcast4(
      float[] s,
      int a,
      int aStep,
      int aNext,
      int b,
      int bStep,
      int bNext,
      int init,
      int initA,
      int initB,
      int c,
      int cA,
      int cB,
      int groups,
      int n) {
    for (int g = 0; g < groups; g++) {
      int ga = a + g * 4 * aStep;
      int gi = init + g * 4 * initA;
      int gc = c + g * 4 * cA;
      FloatVector c00 = FloatVector.fromArray(SPECIES, s, gi);
      FloatVector c01 = FloatVector.fromArray(SPECIES, s, gi + initB);
      FloatVector c02 = FloatVector.fromArray(SPECIES, s, gi + 2 * initB);
      FloatVector c03 = FloatVector.fromArray(SPECIES, s, gi + 3 * initB);
      FloatVector c10 = FloatVector.fromArray(SPECIES, s, gi + initA);
      FloatVector c11 = FloatVector.fromArray(SPECIES, s, gi + initA + initB);
      FloatVector c12 = FloatVector.fromArray(SPECIES, s, gi + initA + 2 * initB);
      FloatVector c13 = FloatVector.fromArray(SPECIES, s, gi + initA + 3 * initB);
      FloatVector c20 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA);
      FloatVector c21 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + initB);
      FloatVector c22 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + 2 * initB);
      FloatVector c23 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + 3 * initB);
      FloatVector c30 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA);
      FloatVector c31 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + initB);
      FloatVector c32 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + 2 * initB);
      FloatVector c33 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + 3 * initB);
      int ak = ga;
      int bk = b;
      for (int k = 0; k < n; k++) {
        FloatVector b0 = FloatVector.fromArray(SPECIES, s, bk);
        FloatVector b1 = FloatVector.fromArray(SPECIES, s, bk + bStep);
        FloatVector b2 = FloatVector.fromArray(SPECIES, s, bk + 2 * bStep);
        FloatVector b3 = FloatVector.fromArray(SPECIES, s, bk + 3 * bStep);
        FloatVector a0 = FloatVector.broadcast(SPECIES, s[ak]);
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        c02 = a0.fma(b2, c02);
        c03 = a0.fma(b3, c03);
        FloatVector a1 = FloatVector.broadcast(SPECIES, s[ak + aStep]);
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        c12 = a1.fma(b2, c12);
        c13 = a1.fma(b3, c13);
        FloatVector a2 = FloatVector.broadcast(SPECIES, s[ak + 2 * aStep]);
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        c22 = a2.fma(b2, c22);
        c23 = a2.fma(b3, c23);
        FloatVector a3 = FloatVector.broadcast(SPECIES, s[ak + 3 * aStep]);
        c30 = a3.fma(b0, c30);
        c31 = a3.fma(b1, c31);
        c32 = a3.fma(b2, c32);
        c33 = a3.fma(b3, c33);
        ak += aNext;
        bk += bNext;
      }
      c00.intoArray(s, gc);
      c01.intoArray(s, gc + cB);
      c02.intoArray(s, gc + 2 * cB);
      c03.intoArray(s, gc + 3 * cB);
      c10.intoArray(s, gc + cA);
      c11.intoArray(s, gc + cA + cB);
      c12.intoArray(s, gc + cA + 2 * cB);
      c13.intoArray(s, gc + cA + 3 * cB);
      c20.intoArray(s, gc + 2 * cA);
      c21.intoArray(s, gc + 2 * cA + cB);
      c22.intoArray(s, gc + 2 * cA + 2 * cB);
      c23.intoArray(s, gc + 2 * cA + 3 * cB);
      c30.intoArray(s, gc + 3 * cA);
      c31.intoArray(s, gc + 3 * cA + cB);
      c32.intoArray(s, gc + 3 * cA + 2 * cB);
      c33.intoArray(s, gc + 3 * cA + 3 * cB);
    }
  }

  /** 2 vectors B, with groups of 4 numbers A. */
  static void broadcast2(
      float[] s,
      int a,
      int aStep,
      int aNext,
      int b,
      int bStep,
      int bNext,
      int init,
      int initA,
      int initB,
      int c,
      int cA,
      int cB,
      int groups,
      int n) {
    for (int g = 0; g < groups; g++) {
      int ga = a + g * 4 * aStep;
      int gi = init + g * 4 * initA;
      int gc = c + g * 4 * cA;
      FloatVector c00 = FloatVector.fromArray(SPECIES, s, gi);
      FloatVector c01 = FloatVector.fromArray(SPECIES, s, gi + initB);
      FloatVector c10 = FloatVector.fromArray(SPECIES, s, gi + initA);
      FloatVector c11 = FloatVector.fromArray(SPECIES, s, gi + initA + initB);
      FloatVector c20 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA);
      FloatVector c21 = FloatVector.fromArray(SPECIES, s, gi + 2 * initA + initB);
      FloatVector c30 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA);
      FloatVector c31 = FloatVector.fromArray(SPECIES, s, gi + 3 * initA + initB);
      int ak = ga;
      int bk = b;
      for (int k = 0; k < n; k++) {
        FloatVector b0 = FloatVector.fromArray(SPECIES, s, bk);
        FloatVector b1 = FloatVector.fromArray(SPECIES, s, bk + bStep);
        FloatVector a0 = FloatVector.broadcast(SPECIES, s[ak]);
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        FloatVector a1 = FloatVector.broadcast(SPECIES, s[ak + aStep]);
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        FloatVector a2 = FloatVector.broadcast(SPECIES, s[ak + 2 * aStep]);
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        FloatVector a3 = FloatVector.broadcast(SPECIES, s[ak + 3 * aStep]);
        c30 = a3.fma(b0, c30);
        c31 = a3.fma(b1, c31);
        ak += aNext;
        bk += bNext;
      }
      c00.intoArray(s, gc);
      c01.intoArray(s, gc + cB);
      c10.intoArray(s, gc + cA);
      c11.intoArray(s, gc + cA + cB);
      c20.intoArray(s, gc + 2 * cA);
      c21.intoArray(s, gc + 2 * cA + cB);
      c30.intoArray(s, gc + 3 * cA);
      c31.intoArray(s, gc + 3 * cA + cB);
    }
  }
}
