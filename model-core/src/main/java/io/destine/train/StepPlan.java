package io.destine.train;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The rows that a step takes: consecutive bundles, in the epoch's order, from some blocks. Contains
 * only these blocks and those of the following group, so it is small enough to be sent with a task
 * for any number of blocks. Immutable.
 */
public final class StepPlan implements Serializable {
  private static final long serialVersionUID = 2;

  private final int epoch;
  private final int step;
  private final int group;
  private final int[] blocks;
  private final int[] firstBundle;
  private final int[] bundles;
  private final int[] ahead;

  /**
   * A plan over the given arrays, which are not copied.
   *
   * @param epoch counted from 0
   * @param step of the epoch, counted from 0
   * @param group of the epoch, counted from 0
   * @param blocks [n] blocks from which the step takes rows, ascending
   * @param firstBundle [n] first bundle of each of them
   * @param bundles [n] number of bundles of each of them
   * @param ahead blocks of the following group
   */
  StepPlan(
      int epoch, int step, int group, int[] blocks, int[] firstBundle, int[] bundles, int[] ahead) {
    this.epoch = epoch;
    this.step = step;
    this.group = group;
    this.blocks = blocks;
    this.firstBundle = firstBundle;
    this.bundles = bundles;
    this.ahead = ahead;
  }

  /** The epoch, counted from 0. */
  public int epoch() {
    return epoch;
  }

  /** The step of the epoch, counted from 0. */
  public int step() {
    return step;
  }

  /** The group of blocks from which the step takes its first rows, counted from 0 in the epoch. */
  public int group() {
    return group;
  }

  /** The blocks from which the step takes rows, ascending. */
  public int[] blocks() {
    return blocks.clone();
  }

  /**
   * The blocks of the following group, which may be the first one of the next epoch; none when
   * there is only one group.
   */
  public int[] ahead() {
    return ahead.clone();
  }

  /** The first bundle that the step takes from a block; 0 when it takes none. */
  public int firstBundle(int block) {
    int at = Arrays.binarySearch(blocks, block);
    return at < 0 ? 0 : firstBundle[at];
  }

  /** The number of bundles that the step takes from a block, 0 for none. */
  public int bundles(int block) {
    int at = Arrays.binarySearch(blocks, block);
    return at < 0 ? 0 : bundles[at];
  }

  /** The number of bundles that the step takes. */
  public int bundles() {
    return Arrays.stream(bundles).sum();
  }
}
