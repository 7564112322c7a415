package io.destine.spark.encode;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.io.Serializable;

/**
 * Where rows go: each split has blocks of about equal size, and a row's hash says which one it is
 * in, and where. Blocks are numbered through all splits.
 */
final class BlockPlan implements Serializable {
  private static final long serialVersionUID = 1;

  /** Fewest blocks of a split that has rows: what several cores have to share. */
  static final int FEWEST = 16;

  private final int[] blocks;
  private final int[] first;
  private final int tasks;
  private final long seed;

  /**
   * A plan.
   *
   * @param rows [splits]
   * @param blockRows rows of a block, about
   * @param cores that are available
   * @param taskRows rows that a task writes, about
   * @param seed of the places
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

  /** Blocks of a split. */
  int blocks(int split) {
    return blocks[split];
  }

  /** Blocks of all splits. */
  int blocks() {
    return first[first.length - 1];
  }

  /** The number, through all splits, of the first block of a split. */
  int first(int split) {
    return first[split];
  }

  /** Tasks that write blocks. */
  int tasks() {
    return tasks;
  }

  /** The task that writes a block: tasks have consecutive blocks. */
  int task(int block) {
    return (int) ((long) block * tasks / blocks());
  }

  /** The draws of the hashes of rows; for one thread. */
  Rows rows() {
    return new Rows();
  }

  /** Places of rows. */
  final class Rows {
    private final CounterRandom random = CounterRandom.of(seed, Purpose.PLACEMENT);
    private CounterRandom stream;

    /** The block, through all splits, of a row of a split with the given hash. */
    int block(int split, long hash) {
      stream = random.at(hash);
      return first[split] + stream.below(blocks[split], 0);
    }

    /** A number by which the rows of a block are in order, of the row given last. */
    long place() {
      return stream.bits(1);
    }
  }
}
