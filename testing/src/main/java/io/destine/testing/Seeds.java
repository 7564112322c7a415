package io.destine.testing;

/** Seeds of tests that are random on purpose. */
public final class Seeds {
  private Seeds() {}

  /**
   * A new seed, or that of the system property destine.seed; printed, so that a failure can be
   * repeated.
   */
  public static long next(String test) {
    long seed = Long.getLong("destine.seed", System.nanoTime());
    System.out.println("seed of " + test + ": -Ddestine.seed=" + seed);
    return seed;
  }
}
