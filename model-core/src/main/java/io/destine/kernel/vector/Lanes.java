package io.destine.kernel.vector;

import io.destine.numeric.VectorOperatorTables;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * How rows lie in vectors. A micro-batch is {@value #ROWS} rows, one for each logical lane, on
 * every machine; narrower vectors hold it in several banks, bank b the rows from b * {@link
 * #LENGTH} on, which are computed one after the other. Lanes never mix before the sums over rows,
 * whose order is that of the logical lanes, so that the width of the machine's vectors does not
 * show in the bits.
 */
final class Lanes {
  /** Rows of a micro-batch. */
  static final int ROWS = 16;

  /** Vectors of this machine, of at most {@value #ROWS} floats. */
  static final VectorSpecies<Float> SPECIES =
      FloatVector.SPECIES_PREFERRED.length() > ROWS
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;

  /** Floats in a vector. */
  static final int LENGTH = SPECIES.length();

  /** Vectors of a micro-batch. */
  static final int BANKS = ROWS / LENGTH;

  /** Vectors B of a strip: as many as the registers hold with 4 times as many accumulators. */
  static final int WIDEST_STRIP = LENGTH == ROWS ? 6 : 2;

  static {
    VectorOperatorTables.fill(SPECIES);
  }

  private Lanes() {}

  /** The least multiple of 4 that is not below n. */
  static int padded(int n) {
    return (n + 3) & ~3;
  }
}
