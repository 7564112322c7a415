package io.destine.numeric;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link FloatRounding} with vectors: the compiler does not turn a loop of casts into them. Not to
 * be loaded without the vector module.
 */
final class VectorFloatRounding {
  private static final int FEWEST = 4;
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;

  private VectorFloatRounding() {}

  /** Whether vectors hold enough doubles. */
  static boolean isPossible() {
    return DOUBLES.length() >= FEWEST;
  }

  /** Rounds the numbers of whole vectors, and returns how many. */
  static int round(double[] numbers, int n) {
    int end = DOUBLES.loopBound(n);
    for (int i = 0; i < end; i += DOUBLES.length()) {
      DoubleVector.fromArray(DOUBLES, numbers, i)
          .convertShape(VectorOperators.D2F, Floats.SPECIES, 0)
          .convertShape(VectorOperators.F2D, DOUBLES, 0)
          .reinterpretAsDoubles()
          .intoArray(numbers, i);
    }
    return end;
  }

  /** As many floats as a vector has doubles. */
  private static final class Floats {
    static final VectorSpecies<Float> SPECIES =
        FloatVector.SPECIES_PREFERRED.withShape(
            VectorShape.forBitSize(DOUBLES.vectorBitSize() / 2));
  }
}
