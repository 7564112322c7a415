package io.destine.train;

import io.destine.config.TrainConfig;
import io.destine.feature.EncodedBatch;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.PriorityQueue;

/**
 * Which rows each step of an epoch takes: a function of (seed, epoch, step, rows of the logical
 * partitions) alone, so every row comes exactly once an epoch and nothing depends on the cluster.
 *
 * <p>The rows of a logical partition are permuted by (seed, epoch, partition) and cut into chunks
 * of {@value TrainConfig#CHUNK_ROWS}. Chunk j of c in partition p is placed at (j + u_p) / c with
 * u_p uniform in [0, 1); a step takes the next batchSize / {@value TrainConfig#CHUNK_ROWS} chunks
 * in that order. Hence each partition contributes evenly to all steps.
 */
public final class BatchPlan {
  private final long seed;
  private final int[] rows;
  private final int chunksPerStep;

  /**
   * A plan.
   *
   * @param seed of the run
   * @param rows [P] rows by logical partition
   * @param batchSize rows of a step
   */
  public BatchPlan(long seed, int[] rows, int batchSize) {
    this.seed = seed;
    this.rows = rows.clone();
    chunksPerStep = batchSize / TrainConfig.CHUNK_ROWS;
  }

  private static int chunks(int rows) {
    return (rows + TrainConfig.CHUNK_ROWS - 1) / TrainConfig.CHUNK_ROWS;
  }

  /** Steps of an epoch. */
  public int stepsPerEpoch() {
    long total = 0;
    for (int n : rows) {
      total += chunks(n);
    }
    return Math.toIntExact((total + chunksPerStep - 1) / chunksPerStep);
  }

  /** The steps of an epoch in order, from {@code firstStep} on. */
  public Epoch epoch(int epoch, int firstStep) {
    Epoch cursor = new Epoch(epoch);
    for (int s = 0; s < firstStep; s++) {
      cursor.next();
    }
    return cursor;
  }

  /** Goes through the steps of one epoch. One thread. */
  public final class Epoch {
    private record Place(double at, int partition) implements Comparable<Place> {
      @Override
      public int compareTo(Place other) {
        int order = Double.compare(at, other.at);
        return order != 0 ? order : Integer.compare(partition, other.partition);
      }
    }

    private final int epoch;
    private final double[] offsets;
    private final int[] taken;
    private final PriorityQueue<Place> next = new PriorityQueue<>();
    private int step;

    private Epoch(int epoch) {
      this.epoch = epoch;
      offsets = new double[rows.length];
      taken = new int[rows.length];
      CounterRandom random = CounterRandom.of(seed, Purpose.CHUNK_OFFSET).at(epoch);
      for (int p = 0; p < rows.length; p++) {
        offsets[p] = random.uniform(p);
        place(p);
      }
    }

    private void place(int p) {
      int count = chunks(rows[p]);
      if (taken[p] < count) {
        next.add(new Place((taken[p] + offsets[p]) / count, p));
      }
    }

    /** True when the epoch has another step. */
    public boolean hasNext() {
      return !next.isEmpty();
    }

    /** The next step. */
    public StepPlan next() {
      int[] first = taken.clone();
      int[] count = new int[rows.length];
      for (int c = 0; c < chunksPerStep && !next.isEmpty(); c++) {
        int p = next.remove().partition();
        count[p]++;
        taken[p]++;
        place(p);
      }
      return new StepPlan(epoch, step++, first, count);
    }
  }

  /** The order in which an epoch takes the rows of a logical partition. */
  public static int[] order(long seed, int epoch, int partition, int rows) {
    return CounterRandom.of(seed, Purpose.ROW_ORDER).at(epoch).at(partition).permutation(rows);
  }

  /**
   * The rows that a step takes of a logical partition, or null for none.
   *
   * @param order of the partition's rows in the epoch
   */
  public static EncodedBatch select(StepPlan plan, EncodedBatch partition, int[] order) {
    int count = plan.chunks(partition.partition());
    if (count == 0) {
      return null;
    }
    int from = plan.firstChunk(partition.partition()) * TrainConfig.CHUNK_ROWS;
    int to = Math.min(partition.rows(), from + count * TrainConfig.CHUNK_ROWS);
    return partition.select(order, from, to);
  }
}
