package io.destine.benchmark;

import io.destine.feature.EncodedBatch;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Times of rounds, one batch each, in the calling thread. */
final class Rounds {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int WARM_UP_ROUNDS = 2;

  private final long[] clock;
  private final long[] processor;

  private Rounds(long[] clock, long[] processor) {
    this.clock = clock;
    this.processor = processor;
  }

  /**
   * Processes the batches in turn for some seconds; the first third, and at least {@value
   * #WARM_UP_ROUNDS} rounds, are not counted.
   */
  static Rounds measure(List<EncodedBatch> batches, int seconds, Consumer<EncodedBatch> work) {
    long start = System.nanoTime();
    long warm = start + seconds * 1_000_000_000L / 3;
    int round = 0;
    while (round < WARM_UP_ROUNDS || System.nanoTime() < warm) {
      work.accept(batches.get(round++ % batches.size()));
    }
    return timed(batches, round, start + seconds * 1_000_000_000L, work);
  }

  /**
   * Processes the batches in turn, starting with the given one, until the given time, and at least
   * once.
   */
  static Rounds timed(
      List<EncodedBatch> batches, int firstRound, long end, Consumer<EncodedBatch> work) {
    long[] clock = new long[64];
    long[] processor = new long[64];
    int n = 0;
    do {
      EncodedBatch batch = batches.get((firstRound + n) % batches.size());
      if (n == clock.length) {
        clock = Arrays.copyOf(clock, 2 * n);
        processor = Arrays.copyOf(processor, 2 * n);
      }
      long used = THREADS.getCurrentThreadCpuTime();
      long start = System.nanoTime();
      work.accept(batch);
      clock[n] = System.nanoTime() - start;
      processor[n] = THREADS.getCurrentThreadCpuTime() - used;
      n++;
    } while (System.nanoTime() < end);
    return new Rounds(Arrays.copyOf(clock, n), Arrays.copyOf(processor, n));
  }

  /** These rounds and others. */
  Rounds and(Rounds others) {
    return new Rounds(joined(clock, others.clock), joined(processor, others.processor));
  }

  private static long[] joined(long[] a, long[] b) {
    long[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  /** Median seconds of a round. */
  double seconds() {
    return median(clock) / 1e9;
  }

  /**
   * Median seconds of this thread's processor time in a round, which depends less on other load of
   * the machine.
   */
  double processorSeconds() {
    return median(processor) / 1e9;
  }

  private static double median(long[] values) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
