package io.destine.kernel.vector;

/**
 * A matrix of lane vectors, [rows, columns], in the kernel's memory. The distance between rows is
 * an odd number of vectors, so that a column is spread over many cache sets. There are {@value
 * #SPARE} more rows than requested, which products may overwrite.
 *
 * @param at position of the first vector
 * @param rowStep floats from one row to the next
 */
record LaneMatrix(int at, int rowStep) {
  static final int SPARE = 4;

  /** A block of zeros; columns are rounded up to a multiple of 4. */
  static LaneMatrix reserve(Memory memory, int rows, int columns) {
    int rowStep = (Lanes.padded(columns) | 1) * Lanes.LENGTH;
    return new LaneMatrix(memory.reserve((long) (rows + SPARE) * rowStep), rowStep);
  }

  /** The position of vector (row, column). */
  int at(int row, int column) {
    return at + row * rowStep + column * Lanes.LENGTH;
  }

  /** Element (i, k) is vector (row + i, column + k). */
  Operand byRow(int row, int column) {
    return new Operand(at(row, column), rowStep, Lanes.LENGTH);
  }

  /** Element (i, k) is vector (row + k, column + i). */
  Operand byColumn(int row, int column) {
    return new Operand(at(row, column), Lanes.LENGTH, rowStep);
  }
}
