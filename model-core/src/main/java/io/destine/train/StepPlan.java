package io.destine.train;

import java.io.Serializable;

/**
 * Which rows a step takes: of each logical partition a run of consecutive chunks in the epoch's
 * order. Small enough to travel with a task. Immutable.
 */
public final class StepPlan implements Serializable {
  private static final long serialVersionUID = 1;

  private final int epoch;
  private final int step;
  private final int[] firstChunk;
  private final int[] chunks;

  /**
   * A plan over the given arrays, which are kept.
   *
   * @param epoch counted from 0
   * @param step of the epoch, counted from 0
   * @param firstChunk [P] first chunk by logical partition
   * @param chunks [P] number of chunks by logical partition, 0 for none
   */
  StepPlan(int epoch, int step, int[] firstChunk, int[] chunks) {
    this.epoch = epoch;
    this.step = step;
    this.firstChunk = firstChunk;
    this.chunks = chunks;
  }

  /** The epoch, counted from 0. */
  public int epoch() {
    return epoch;
  }

  /** The step of the epoch, counted from 0. */
  public int step() {
    return step;
  }

  /** The first chunk that the step takes of a logical partition. */
  public int firstChunk(int partition) {
    return firstChunk[partition];
  }

  /** The number of chunks that the step takes of a logical partition, 0 for none. */
  public int chunks(int partition) {
    return chunks[partition];
  }

  /** The number of chunks that the step takes. */
  public int chunks() {
    int sum = 0;
    for (int count : chunks) {
      sum += count;
    }
    return sum;
  }
}
