package io.destine.kernel.vector;

import java.util.Arrays;

/**
 * Sums over rows, [n] numbers, with a partial sum for each logical lane: n vectors for each bank.
 * The partial sums are added over the lanes at the end, always in the same tree order.
 *
 * @param at position of the first vector of bank 0
 * @param n numbers
 * @param bankStep floats from one bank to the next
 */
record LaneSums(int at, int n, int bankStep) {

  /** Sums of n numbers, followed by {@code spare} more that products may overwrite. */
  static LaneSums reserve(Memory memory, int n, int spare) {
    long bankStep = ((long) n + spare) * Lanes.LENGTH;
    return new LaneSums(memory.reserve(Lanes.BANKS * bankStep), n, (int) bankStep);
  }

  /** Position of the first vector of a bank. */
  int at(int bank) {
    return at + bank * bankStep;
  }

  void clear(float[] s) {
    Arrays.fill(s, at, at + Lanes.BANKS * bankStep, 0);
  }

  /**
   * The sum of the 16 logical lanes of a number:
   *
   * <pre>
   *   t(l) = x(l) + x(l + 8)   l &lt; 8,   then t(l) + t(l + 4), t(l) + t(l + 2), t(0) + t(1)
   * </pre>
   */
  float total(float[] s, int number) {
    int x = at + number * Lanes.LENGTH;
    float t0 = pair(s, x, 0) + pair(s, x, 4);
    float t1 = pair(s, x, 1) + pair(s, x, 5);
    float t2 = pair(s, x, 2) + pair(s, x, 6);
    float t3 = pair(s, x, 3) + pair(s, x, 7);
    return (t0 + t2) + (t1 + t3);
  }

  private float pair(float[] s, int x, int lane) {
    return s[x + lane(lane)] + s[x + lane(lane + 8)];
  }

  private int lane(int logical) {
    return logical / Lanes.LENGTH * bankStep + logical % Lanes.LENGTH;
  }
}
