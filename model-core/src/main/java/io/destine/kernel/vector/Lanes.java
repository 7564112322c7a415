package io.destine.kernel.vector;

import io.destine.numeric.VectorOperatorTables;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The layout of rows in vectors. A micro-batch is {@value #ROWS} rows, one for each logical lane,
 * on every machine. With narrower vectors it is divided into several banks, computed one after the
 * other; bank b has the rows from b * {@link #LENGTH} on. Lanes are combined only in the sums over
 * rows, in the order of the logical lanes, so that results do not depend on the width of the
 * machine's vectors.
 */
final class Lanes {
  /** Rows of a micro-batch. */
  static final int ROWS = 16;

  /** The vector type of this machine, with at most {@value #ROWS} floats. */
  static final VectorSpecies<Float> SPECIES =
      FloatVector.SPECIES_PREFERRED.length() > ROWS
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;

  /** Floats in a vector. */
  static final int LENGTH = SPECIES.length();

  /** Vectors of a micro-batch. */
  static final int BANKS = ROWS / LENGTH;

  /**
   * Vectors B of a strip: as many as fit in the registers together with 4 times as many
   * accumulators.
   */
  static final int WIDEST_STRIP = LENGTH == ROWS ? 6 : 2;

  static {
    VectorOperatorTables.fill(SPECIES);
  }

  private Lanes() {}

  /** The smallest multiple of 4 that is at least n. */
  static int padded(int n) {
    return (n + 3) & ~3;
  }
}
