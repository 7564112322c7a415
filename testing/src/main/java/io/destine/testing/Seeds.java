package io.destine.testing;

/** Seeds of tests that are random on purpose. */
public final class Seeds {
  private Seeds() {}

  /**
   * A new seed, or the one in the system property destine.seed; it is printed, so that a failure
   * can be reproduced.
   */
  public static long next(String test) {
    long seed = Long.getLong("destine.seed", System.nanoTime());
    System.out.println("seed of " + test + ": -Ddestine.seed=" + seed);
    return seed;
  }
}
