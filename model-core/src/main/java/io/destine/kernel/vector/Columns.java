package io.destine.kernel.vector;

/**
 * Where the numbers of one side of a weight matrix lie among padded columns: groups of {@code
 * width} numbers, such as the heads of a layer, each at the start of a run padded to a multiple of
 * 4.
 *
 * @param groups number of groups
 * @param width numbers of a group
 */
record Columns(int groups, int width) {

  /** Numbers without padding. */
  int size() {
    return groups * width;
  }

  /** Columns of a group. */
  int groupStep() {
    return Lanes.padded(width);
  }

  /** Columns with padding. */
  int padded() {
    return groups * groupStep();
  }

  /** The column of a number. */
  int at(int number) {
    return number / width * groupStep() + number % width;
  }

  /** Columns that a sum must run over to meet every number. */
  int extent() {
    return padded() - groupStep() + width;
  }
}
