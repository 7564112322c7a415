package io.destine.train;

import io.destine.config.TrainConfig;
import io.destine.feature.EncodedBatch;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * The rows that each step of an epoch takes: a function of only (seed, epoch, step, rows of the
 * blocks). Every row is taken exactly once per epoch, and nothing depends on the cluster.
 *
 * <p>An epoch processes groups of at most K blocks, one group after the other. The rows of a block
 * are permuted by (seed, epoch, block) and divided into bundles of {@value
 * TrainConfig#BUNDLE_ROWS}. Bundle j of c in block b is placed at (j + u_b) / c in its group, with
 * u_b uniform in [0, 1); a step takes the next batchSize / {@value TrainConfig#BUNDLE_ROWS} bundles
 * in that order. Hence each block contributes evenly to all steps of its group. A step may take the
 * end of one group and the beginning of the next.
 */
public final class BatchPlan {
  private final long seed;
  private final int[] rows;
  private final int bundlesPerStep;
  private final BlockGroups groups;

  /**
   * A plan.
   *
   * @param seed of the run
   * @param rows [blocks] rows by block
   * @param batchSize rows of a step
   * @param blocksPerStep K, the maximum number of blocks of a group
   */
  public BatchPlan(long seed, int[] rows, int batchSize, int blocksPerStep) {
    this.seed = seed;
    this.rows = rows.clone();
    bundlesPerStep = batchSize / TrainConfig.BUNDLE_ROWS;
    groups = new BlockGroups(seed, rows.length, blocksPerStep);
  }

  private static int bundles(int rows) {
    return (rows + TrainConfig.BUNDLE_ROWS - 1) / TrainConfig.BUNDLE_ROWS;
  }

  /**
   * C, the size of the largest group. The block numbers of a group are distinct modulo C, so a task
   * that always takes the same remainders modulo C gets the same share of every group.
   */
  public static int columns(int blocks, int blocksPerStep) {
    return new BlockGroups(0, blocks, blocksPerStep).columns();
  }

  /** Steps of an epoch. */
  public int stepsPerEpoch() {
    long total = 0;
    for (int n : rows) {
      total += bundles(n);
    }
    return Math.toIntExact((total + bundlesPerStep - 1) / bundlesPerStep);
  }

  /** The steps of an epoch in order, from {@code firstStep} on. */
  public Epoch epoch(int epoch, int firstStep) {
    Epoch cursor = new Epoch(epoch);
    for (int s = 0; s < firstStep; s++) {
      cursor.next();
    }
    return cursor;
  }

  /** Iterates over the steps of one epoch. Not thread-safe. */
  public final class Epoch {
    private record Place(double at, int block, int bundle) implements Comparable<Place> {
      @Override
      public int compareTo(Place other) {
        int order = Double.compare(at, other.at);
        return order != 0 ? order : Integer.compare(block, other.block);
      }
    }

    private final int epoch;
    private final int[][] order;
    private final CounterRandom offsets;
    private final PriorityQueue<Place> next = new PriorityQueue<>();
    private int[] firstOfNext;
    private int group = -1;
    private int step;

    private Epoch(int epoch) {
      this.epoch = epoch;
      order = groups.of(epoch);
      offsets = CounterRandom.of(seed, Purpose.BUNDLE_OFFSET).at(epoch);
      refill();
    }

    /** Continues with the next group that has rows when this one is exhausted. */
    private void refill() {
      while (next.isEmpty() && group + 1 < order.length) {
        group++;
        for (int block : order[group]) {
          place(block, 0);
        }
      }
    }

    private void place(int block, int bundle) {
      int count = bundles(rows[block]);
      if (bundle < count) {
        next.add(new Place((bundle + offsets.uniform(block)) / count, block, bundle));
      }
    }

    /** True when the epoch has another step. */
    public boolean hasNext() {
      return !next.isEmpty();
    }

    /** The next step. */
    public StepPlan next() {
      // Sorted by block, then bundle: the bundles that a step takes from a block are consecutive.
      long[] taken = new long[bundlesPerStep];
      int n = 0;
      int first = group;
      while (n < bundlesPerStep && !next.isEmpty()) {
        Place place = next.remove();
        taken[n++] = ((long) place.block << 32) | place.bundle;
        place(place.block, place.bundle + 1);
        refill();
      }
      Arrays.sort(taken, 0, n);
      return plan(taken, n, first);
    }

    private StepPlan plan(long[] taken, int n, int group) {
      int[] blocks = new int[n];
      int[] first = new int[n];
      int[] count = new int[n];
      int found = 0;
      for (int i = 0; i < n; i++) {
        int block = (int) (taken[i] >>> 32);
        if (found == 0 || blocks[found - 1] != block) {
          blocks[found] = block;
          first[found++] = (int) taken[i];
        }
        count[found - 1]++;
      }
      return new StepPlan(
          epoch,
          step++,
          group,
          Arrays.copyOf(blocks, found),
          Arrays.copyOf(first, found),
          Arrays.copyOf(count, found),
          ahead(group));
    }

    private int[] ahead(int group) {
      if (order.length == 1) {
        return new int[0];
      }
      int[] following = group + 1 < order.length ? order[group + 1] : firstOfNextEpoch();
      return Arrays.stream(following).filter(block -> rows[block] > 0).toArray();
    }

    private int[] firstOfNextEpoch() {
      if (firstOfNext == null) {
        firstOfNext = groups.of(epoch + 1)[0];
      }
      return firstOfNext;
    }
  }

  /** The order in which an epoch takes the rows of a block. */
  public static int[] order(long seed, int epoch, int block, int rows) {
    return CounterRandom.of(seed, Purpose.ROW_ORDER).at(epoch).at(block).permutation(rows);
  }

  /**
   * The rows that a step takes from a block, or null for none.
   *
   * @param order of the block's rows in the epoch
   */
  public static EncodedBatch select(StepPlan plan, EncodedBatch block, int[] order) {
    int count = plan.bundles(block.partition());
    if (count == 0) {
      return null;
    }
    int from = plan.firstBundle(block.partition()) * TrainConfig.BUNDLE_ROWS;
    int to = Math.min(block.rows(), from + count * TrainConfig.BUNDLE_ROWS);
    return block.select(order, from, to);
  }
}
