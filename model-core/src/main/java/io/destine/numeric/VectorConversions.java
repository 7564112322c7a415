package io.destine.numeric;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Conversions with vectors of 512 bits. Must not be loaded without the vector module.
 *
 * <p>Vectors of 256 bits are not used here, although eight floats would fit in one: the compiler
 * infers a vector's class from the classes it has seen at the call sites of vector methods. With a
 * second shape of float vectors anywhere in the process it would box vectors everywhere, including
 * in kernels.
 */
final class VectorConversions extends Conversions {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_512;
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_512;
  private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_512;
  private static final int N = 8;

  /** Swaps the halves. */
  private static final VectorShuffle<Float> SWAP = VectorShuffle.iota(FLOATS, N, 1, true);

  private static final VectorMask<Float> UPPER = VectorMask.fromLong(FLOATS, 0xFF00L);

  static {
    VectorOperatorTables.fill(FLOATS);
  }

  /** Whether this machine has such vectors; it then can also convert integers. */
  static boolean supported() {
    return DoubleVector.SPECIES_PREFERRED.length() == N;
  }

  @Override
  public void widen(float[] from, int at, double[] into, int to, int n) {
    int i = 0;
    for (; i <= n - 2 * N; i += 2 * N) {
      FloatVector floats = FloatVector.fromArray(FLOATS, from, at + i);
      lower(floats).intoArray(into, to + i);
      lower(floats.rearrange(SWAP)).intoArray(into, to + i + N);
    }
    for (; i < n; i++) {
      into[to + i] = from[at + i];
    }
  }

  private static DoubleVector lower(FloatVector floats) {
    return (DoubleVector) floats.convertShape(VectorOperators.F2D, DOUBLES, 0);
  }

  @Override
  public void narrow(double[] from, int at, float[] into, int to, int n) {
    int i = 0;
    for (; i <= n - 2 * N; i += 2 * N) {
      FloatVector lower = floats(DoubleVector.fromArray(DOUBLES, from, at + i));
      FloatVector upper = floats(DoubleVector.fromArray(DOUBLES, from, at + i + N)).rearrange(SWAP);
      lower.blend(upper, UPPER).intoArray(into, to + i);
    }
    for (; i < n; i++) {
      into[to + i] = (float) from[at + i];
    }
  }

  private static FloatVector floats(DoubleVector doubles) {
    return (FloatVector) doubles.convertShape(VectorOperators.D2F, FLOATS, 0);
  }

  @Override
  public void multiples(long[] from, int at, double unit, double[] into, int to, int n) {
    int i = 0;
    for (; i <= n - N; i += N) {
      LongVector longs = LongVector.fromArray(LONGS, from, at + i);
      ((DoubleVector) longs.convertShape(VectorOperators.L2D, DOUBLES, 0))
          .mul(unit)
          .intoArray(into, to + i);
    }
    for (; i < n; i++) {
      into[to + i] = from[at + i] * unit;
    }
  }
}
