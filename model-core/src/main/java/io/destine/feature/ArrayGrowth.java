package io.destine.feature;

/** How long an array becomes that is too short, up to the longest that a JVM allocates. */
final class ArrayGrowth {
  /** Elements of the longest array. */
  static final int LONGEST = Integer.MAX_VALUE - 8;

  private static final int SHORTEST = 16;

  private ArrayGrowth() {}

  /**
   * The length of an array that takes the place of a full one: half as much again.
   *
   * @param limit what the longest array means to the user, and what to do about it
   * @throws IllegalStateException with the limit, when the array is the longest already
   */
  static int longer(int length, String limit) {
    if (length >= LONGEST) {
      throw new IllegalStateException(limit);
    }
    return (int) Math.min(LONGEST, (long) length + Math.max(SHORTEST, length >> 1));
  }
}
