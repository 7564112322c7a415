package io.destine.numeric;

/**
 * Rounds doubles to the nearest floats, as a cast does: with the processor's vectors where the
 * vector module is present, otherwise one by one.
 */
public final class FloatRounding {
  private static final boolean VECTORS =
      VectorModule.isPresent() && VectorFloatRounding.isPossible();

  private FloatRounding() {}

  /** Rounds the first {@code n} numbers of an array in place. */
  public static void round(double[] numbers, int n) {
    int done = VECTORS ? VectorFloatRounding.round(numbers, n) : 0;
    for (int i = done; i < n; i++) {
      numbers[i] = (float) numbers[i];
    }
  }
}
