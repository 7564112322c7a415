package io.destine.feature;

/** The new length of an array that is too short, up to the longest array that a JVM allocates. */
final class ArrayGrowth {
  /** Elements of the longest array. */
  static final int LONGEST = Integer.MAX_VALUE - 8;

  private static final int SHORTEST = 16;

  private ArrayGrowth() {}

  /**
   * The length of the array that replaces a full one: 1.5 times as long.
   *
   * @param limit the exceeded limit in the user's words, with the remedy if there is one
   * @throws IllegalStateException with the limit, when the array already has the maximum length
   */
  static int longer(int length, String limit) {
    if (length >= LONGEST) {
      throw new IllegalStateException(limit);
    }
    return (int) Math.min(LONGEST, (long) length + Math.max(SHORTEST, length >> 1));
  }
}
