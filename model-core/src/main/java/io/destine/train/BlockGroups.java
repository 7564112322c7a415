package io.destine.train;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.Arrays;

/**
 * The order in which an epoch processes the P blocks of a data set: in G = ceil(P / K) groups of at
 * most K blocks, one group after the other. Sizes of groups differ by at most one.
 *
 * <p>Block b belongs to column b mod C with C = ceil(P / G), and a group has at most one block of
 * each column. So an executor with a fixed share of the columns has the same share of every group,
 * and keeps its blocks over all epochs. The blocks of a column are assigned to groups by a
 * permutation that depends on (seed, epoch, column). Immutable.
 */
final class BlockGroups {
  private final long seed;
  private final int blocks;
  private final int groups;
  private final int columns;

  /** By group: the column from which it has no block, or -1. */
  private final int[] gaps;

  /**
   * The groups of a run.
   *
   * @param blocks P
   * @param most K, the maximum number of blocks of a group
   */
  BlockGroups(long seed, int blocks, int most) {
    this.seed = seed;
    this.blocks = blocks;
    groups = ceilDiv(blocks, most);
    columns = groups == 0 ? 0 : ceilDiv(blocks, groups);
    gaps = new int[groups];
    Arrays.fill(gaps, -1);
    // columns * groups - blocks positions stay empty. This is less than groups, so each group has
    // at most one.
    int places = columns * groups - blocks;
    int gap = 0;
    for (int column = 0; column < columns; column++) {
      for (int n = size(column); n < groups; n++) {
        gaps[(int) ((long) gap++ * groups / places)] = column;
      }
    }
  }

  private static int ceilDiv(int a, int b) {
    return -Math.floorDiv(-a, b);
  }

  /** Blocks of a column. */
  private int size(int column) {
    return ceilDiv(blocks - column, columns);
  }

  /** G. */
  int count() {
    return groups;
  }

  /** C. */
  int columns() {
    return columns;
  }

  /** [G] the blocks of each group of an epoch, ascending. */
  int[][] of(int epoch) {
    int[][] result = new int[groups][];
    int[] filled = new int[groups];
    for (int g = 0; g < groups; g++) {
      result[g] = new int[gaps[g] < 0 ? columns : columns - 1];
    }
    CounterRandom random = CounterRandom.of(seed, Purpose.BLOCK_ORDER).at(epoch);
    for (int column = 0; column < columns; column++) {
      int[] order = random.at(column).permutation(size(column));
      int next = 0;
      for (int g = 0; g < groups; g++) {
        if (gaps[g] != column) {
          result[g][filled[g]++] = column + columns * order[next++];
        }
      }
    }
    for (int[] group : result) {
      Arrays.sort(group);
    }
    return result;
  }
}
