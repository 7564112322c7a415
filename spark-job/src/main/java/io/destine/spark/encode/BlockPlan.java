package io.destine.spark.encode;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.io.Serializable;

/**
 * Assigns rows to blocks: each split has blocks of about equal size, and a row's hash determines
 * its block and its position in the block. Blocks are numbered across all splits.
 */
final class BlockPlan implements Serializable {
  private static final long serialVersionUID = 1;

  /** Minimum blocks of a non-empty split, so that several cores have work to share. */
  static final int FEWEST = 16;

  private final int[] blocks;
  private final int[] first;
  private final int tasks;
  private final long seed;

  /**
   * A plan.
   *
   * @param rows [splits]
   * @param blockRows approximate rows of a block
   * @param cores available cores
   * @param taskRows approximate rows that a task writes
   * @param seed of the positions
   */
  BlockPlan(long[] rows, int blockRows, int cores, long taskRows, long seed) {
    this.seed = seed;
    blocks = new int[rows.length];
    first = new int[rows.length + 1];
    long total = 0;
    for (int split = 0; split < rows.length; split++) {
      long wanted = Math.max(FEWEST, (rows[split] + blockRows - 1) / blockRows);
      blocks[split] = rows[split] == 0 ? 0 : Math.toIntExact(wanted);
      first[split + 1] = Math.addExact(first[split], blocks[split]);
      total += rows[split];
    }
    long most = Math.max(cores, 1 + total / taskRows);
    tasks = (int) Math.max(1, Math.min(first[rows.length], most));
  }

  /** Number of blocks of a split. */
  int blocks(int split) {
    return blocks[split];
  }

  /** Number of blocks of all splits. */
  int blocks() {
    return first[first.length - 1];
  }

  /** The number, across all splits, of the first block of a split. */
  int first(int split) {
    return first[split];
  }

  /** Number of tasks that write blocks. */
  int tasks() {
    return tasks;
  }

  /** The task that writes a block: each task writes consecutive blocks. */
  int task(int block) {
    return (int) ((long) block * tasks / blocks());
  }

  /** Draws the block and position of rows from their hashes; for one thread. */
  Rows rows() {
    return new Rows();
  }

  /** Computes the blocks and positions of rows. */
  final class Rows {
    private final CounterRandom random = CounterRandom.of(seed, Purpose.PLACEMENT);
    private CounterRandom stream;

    /** The block, numbered across all splits, of a row of a split with the given hash. */
    int block(int split, long hash) {
      stream = random.at(hash);
      return first[split] + stream.below(blocks[split], 0);
    }

    /** The sort key, within its block, of the row last passed to {@link #block}. */
    long place() {
      return stream.bits(1);
    }
  }
}
