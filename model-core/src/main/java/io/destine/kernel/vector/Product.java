package io.destine.kernel.vector;

/**
 * A sum of products in the kernel's memory, planned once and run for every micro-batch:
 *
 * <pre>
 *   C(i, j) = init(i, j) + sum over k of A(i, k) B(j, k)        i &lt; countA, j &lt; countB, k &lt; n
 * </pre>
 *
 * <p>B, init and C are vectors; A is a vector with a number for each lane, or one number for all
 * lanes. countA is rounded up to a multiple of 4, and an odd countB may be increased by one: arrays
 * have this additional space, which is never read. For init and C, {@code next} is the stride of j.
 */
final class Product {
  /** Number of terms whose vectors B easily fit in the first-level cache. */
  private static final int TERMS = 48;

  private final boolean broadcast;
  private final Operand a;
  private final Operand b;
  private final Operand init;
  private final Operand c;
  private final int countA;
  private final int countB;
  private final int n;

  private Product(
      boolean broadcast,
      Operand a,
      Operand b,
      Operand init,
      Operand c,
      int countA,
      int countB,
      int n) {
    this.broadcast = broadcast;
    this.a = a;
    this.b = b;
    this.init = init;
    this.c = c;
    this.countA = countA;
    this.countB = countB;
    this.n = n;
  }

  /**
   * A product of vectors, lane by lane.
   *
   * @throws IllegalArgumentException when vectors B of the same k are not contiguous, as {@link
   *     Strips} require
   */
  static Product lanes(
      Operand a, Operand b, Operand init, Operand c, int countA, int countB, int n) {
    if (b.step() != Lanes.LENGTH) {
      throw new IllegalArgumentException(
          "vectors B must be " + Lanes.LENGTH + " numbers apart, got " + b.step());
    }
    return new Product(false, a, b, init, c, countA, countB, n);
  }

  /** A product in which each A is one number for all lanes. */
  static Product broadcast(
      Operand a, Operand b, Operand init, Operand c, int countA, int countB, int n) {
    return new Product(true, a, b, init, c, countA, countB, n);
  }

  /** Computes the product in the given memory. */
  void run(float[] s) {
    run(s, countA, n);
  }

  /** Computes the product with another number of operands A, or another length of the sums. */
  void run(float[] s, int operandsA, int terms) {
    int groups = (operandsA + 3) / 4;
    // Strips of nearly equal width: 39 vectors are 4 strips of 6 and 3 of 5, none of them wasted.
    int strips = (countB + Lanes.WIDEST_STRIP - 1) / Lanes.WIDEST_STRIP;
    int j = 0;
    for (int left = strips; left > 0; left--) {
      int width = (countB - j + left - 1) / left;
      // The vectors B of a run of terms stay in the first-level cache for all groups of A.
      strip(s, width, j, init, groups, 0, Math.min(terms, TERMS));
      for (int k = TERMS; k < terms; k += TERMS) {
        strip(s, width, j, c, groups, k, Math.min(terms - k, TERMS));
      }
      j += width;
    }
  }

  private void strip(float[] s, int width, int j, Operand start, int groups, int from, int terms) {
    int ak = a.at() + from * a.next();
    int bj = b.at() + j * b.step() + from * b.next();
    int ij = start.at() + j * start.next();
    int cj = c.at() + j * c.next();
    int as = a.step();
    int an = a.next();
    int bs = b.step();
    int bn = b.next();
    int is = start.step();
    int in = start.next();
    int cs = c.step();
    int cn = c.next();
    if (broadcast) {
      switch (width) {
        case 6 ->
            Strips.broadcast6(s, ak, as, an, bj, bs, bn, ij, is, in, cj, cs, cn, groups, terms);
        case 5 ->
            Strips.broadcast5(s, ak, as, an, bj, bs, bn, ij, is, in, cj, cs, cn, groups, terms);
        case 3, 4 ->
            Strips.broadcast4(s, ak, as, an, bj, bs, bn, ij, is, in, cj, cs, cn, groups, terms);
        case 1, 2 ->
            Strips.broadcast2(s, ak, as, an, bj, bs, bn, ij, is, in, cj, cs, cn, groups, terms);
        default -> throw new IllegalStateException("no strip of width " + width);
      }
    } else {
      switch (width) {
        case 6 -> Strips.lanes6(s, ak, as, an, bj, bn, ij, is, in, cj, cs, cn, groups, terms);
        case 5 -> Strips.lanes5(s, ak, as, an, bj, bn, ij, is, in, cj, cs, cn, groups, terms);
        case 3, 4 -> Strips.lanes4(s, ak, as, an, bj, bn, ij, is, in, cj, cs, cn, groups, terms);
        case 1, 2 -> Strips.lanes2(s, ak, as, an, bj, bn, ij, is, in, cj, cs, cn, groups, terms);
        default -> throw new IllegalStateException("no strip of width " + width);
      }
    }
  }
}
