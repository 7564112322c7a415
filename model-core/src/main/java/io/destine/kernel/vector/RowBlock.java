package io.destine.kernel.vector;

/**
 * A row-major matrix of numbers, one row of the batch per row, in the kernel's memory; with {@value
 * LaneMatrix#SPARE} spare rows, and columns padded to a multiple of {@value #COLUMN_MULTIPLE} with
 * zeros, where products read vectors.
 *
 * @param at position of the first number
 * @param rowStep floats from one row to the next
 */
record RowBlock(int at, int rowStep) {
  static final int COLUMN_MULTIPLE = 2 * Lanes.ROWS;

  /** A block of zeros. */
  static RowBlock reserve(Memory memory, int rows, int columns) {
    int rowStep = (columns + COLUMN_MULTIPLE - 1) / COLUMN_MULTIPLE * COLUMN_MULTIPLE;
    return new RowBlock(memory.reserve((long) (rows + LaneMatrix.SPARE) * rowStep), rowStep);
  }

  /** The position of number (row, column). */
  int at(int row, int column) {
    return at + row * rowStep + column;
  }

  /** Number (i, k) is that of row i and column k. */
  Operand byRow() {
    return new Operand(at, rowStep, 1);
  }

  /** Number (i, k) is that of row k and column i. */
  Operand byColumn() {
    return new Operand(at, 1, rowStep);
  }

  /** Vector (j, k) is the j-th run of columns of row k. */
  Operand vectors() {
    return new Operand(at, Lanes.LENGTH, rowStep);
  }

  /** Result (i, j) is the j-th run of columns of row i. */
  Operand results() {
    return new Operand(at, rowStep, Lanes.LENGTH);
  }

  /** Number of vectors for {@code columns} numbers. */
  static int vectors(int columns) {
    return (columns + Lanes.LENGTH - 1) / Lanes.LENGTH;
  }
}
