package io.destine.train;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.Arrays;

/**
 * In which order an epoch goes through the P blocks of a data set: in G = ceil(P / K) groups of at
 * most K blocks, one group after the other. Sizes of groups differ by one at most.
 *
 * <p>Block b belongs to column b mod C with C = ceil(P / G), and a group has at most one block of
 * each column. So an executor with a fixed share of the columns has that share of every group, and
 * keeps its blocks over all epochs. Which block of a column a group gets is a permutation by (seed,
 * epoch, column). Immutable.
 */
final class BlockGroups {
  private final long seed;
  private final int blocks;
  private final int groups;
  private final int columns;

  /** By group: the column of which it has no block, or -1. */
  private final int[] gaps;

  /**
   * The groups of a run.
   *
   * @param blocks P
   * @param most K, blocks of a group at most
   */
  BlockGroups(long seed, int blocks, int most) {
    this.seed = seed;
    this.blocks = blocks;
    groups = ceilDiv(blocks, most);
    columns = groups == 0 ? 0 : ceilDiv(blocks, groups);
    gaps = new int[groups];
    Arrays.fill(gaps, -1);
    // columns * groups - blocks places stay empty: less than groups, so at most one in a group.
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
