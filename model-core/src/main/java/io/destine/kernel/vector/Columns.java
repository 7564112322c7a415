package io.destine.kernel.vector;

/**
 * The positions of the numbers of one side of a weight matrix among padded columns: groups of
 * {@code width} numbers, such as the heads of a layer, each padded to a multiple of 4.
 *
 * @param groups number of groups
 * @param width numbers of a group
 */
record Columns(int groups, int width) {

  /** Number of columns without padding. */
  int size() {
    return groups * width;
  }

  /** Number of columns of a group, with padding. */
  int groupStep() {
    return Lanes.padded(width);
  }

  /** Number of columns with padding. */
  int padded() {
    return groups * groupStep();
  }

  /** The column of a number. */
  int at(int number) {
    return number / width * groupStep() + number % width;
  }

  /** Number of columns that a sum must cover to include every number. */
  int extent() {
    return padded() - groupStep() + width;
  }
}
