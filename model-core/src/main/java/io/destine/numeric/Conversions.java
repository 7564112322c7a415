package io.destine.numeric;

/**
 * Conversions of arrays of numbers between the precision of tables, the integers of gradient sums
 * and the doubles of arithmetic. All implementations give the same bits as a cast in Java. {@link
 * #BEST} uses the machine's vectors if the vector module is present, since the compiler of JDK 17
 * does not vectorise a loop of casts. Thread-safe.
 */
public abstract class Conversions {
  /** The fastest implementation in this JVM. */
  public static final Conversions BEST = best();

  Conversions() {}

  private static Conversions best() {
    return VectorModule.isPresent() && VectorConversions.supported()
        ? new VectorConversions()
        : new PlainConversions();
  }

  /**
   * Copies {@code n} numbers of {@code from}, starting at {@code at}, to {@code into}, starting at
   * {@code to}.
   */
  public abstract void widen(float[] from, int at, double[] into, int to, int n);

  /** Like {@link #widen}, each number rounded to the nearest float, ties to even. */
  public abstract void narrow(double[] from, int at, float[] into, int to, int n);

  /**
   * Like {@link #widen}, each number rounded to the nearest double, ties to even, and multiplied by
   * {@code unit}.
   */
  public abstract void multiples(long[] from, int at, double unit, double[] into, int to, int n);
}
