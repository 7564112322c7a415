package io.destine.random;

/**
 * A counter-based generator: the n-th number of a stream is a hash of the stream's key and n, so
 * any number can be computed without the previous ones. Immutable. Uses only integer arithmetic and
 * {@link StrictMath}, so the numbers are bit-identical on every machine.
 *
 * <p>The mixing function is the finaliser of SplitMix64.
 */
public final class CounterRandom {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final double TWO_TO_MINUS_53 = 0x1.0p-53;

  private final long key;

  private CounterRandom(long key) {
    this.key = key;
  }

  /** The stream of a run's seed for one purpose. */
  public static CounterRandom of(long seed, Purpose purpose) {
    return new CounterRandom(mix(mix(seed + GOLDEN_GAMMA) + purpose.code() * GOLDEN_GAMMA));
  }

  /** The sub-stream of one coordinate, such as an epoch or a row. */
  public CounterRandom at(long coordinate) {
    return new CounterRandom(mix(key ^ mix(coordinate + GOLDEN_GAMMA)));
  }

  /**
   * The sub-stream of a name: derived from its length, then from each of its characters in turn.
   */
  public CounterRandom at(String name) {
    CounterRandom stream = at(name.length());
    for (int i = 0; i < name.length(); i++) {
      stream = stream.at(name.charAt(i));
    }
    return stream;
  }

  /** 64 uniform bits at position n. */
  public long bits(long n) {
    return mix(key + (n + 1) * GOLDEN_GAMMA);
  }

  /** Uniform in [0, 1), a multiple of 2^-53, at position n. */
  public double uniform(long n) {
    return (bits(n) >>> 11) * TWO_TO_MINUS_53;
  }

  /** Uniform integer in [0, bound) at position n; bias below 2^-32 for bounds below 2^31. */
  public int below(int bound, long n) {
    return (int) Math.multiplyHigh(bits(n) >>> 1, (long) bound << 1);
  }

  /** Standard normal at position n, by the Box-Muller transform. */
  public double gaussian(long n) {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform(2 * n)));
    return radius * StrictMath.cos(2 * StrictMath.PI * uniform(2 * n + 1));
  }

  /** A uniform permutation of 0 .. n-1 by Fisher-Yates. */
  public int[] permutation(int n) {
    int[] p = new int[n];
    for (int i = 0; i < n; i++) {
      int j = below(i + 1, i);
      p[i] = p[j];
      p[j] = i;
    }
    return p;
  }

  /** SplitMix64's finaliser: a bijection of 64-bit words that spreads every bit. */
  public static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
