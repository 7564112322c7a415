package io.destine.kernel.row;

import java.util.Arrays;

/**
 * Rows of lanes for the fields, [rows, step] floats. All rows are in one array, or each row is in a
 * separate array, depending on the loops: lane j of row i is {@code array(i)[at(i) + j]}. Not
 * thread-safe.
 */
public final class FieldMatrix {
  /** Floats of a cache line. */
  private static final int LINE = 16;

  /** Floats that fill a cache line together with the JVM's header of an array. */
  private static final int BEHIND_HEADER = 12;

  private final int rows;
  private final boolean apart;

  /** The arrays of the rows, or the array that contains all of them. */
  private float[][] arrays = {{}};

  private int step;

  private FieldMatrix(int rows, boolean apart) {
    this.rows = rows;
    this.apart = apart;
  }

  /** A matrix in one array, without lanes yet. */
  public static FieldMatrix together(int rows) {
    return new FieldMatrix(rows, false);
  }

  /** A matrix with an array for each row, without lanes yet. */
  public static FieldMatrix apart(int rows) {
    return new FieldMatrix(rows, true);
  }

  /** Sets the number of lanes. The contents are undefined afterwards. */
  void resize(int lanes) {
    step = lanes;
    if (!apart && arrays[0].length < rows * lanes) {
      arrays = new float[1][rows * lanes];
    } else if (apart && rows > 0 && arrays[0].length < lanes) {
      // Rows have whole cache lines, so that rows created together have the same alignment.
      arrays = new float[rows][(lanes + LINE - 1) / LINE * LINE + BEHIND_HEADER];
    }
  }

  int rows() {
    return rows;
  }

  /** Lanes of a row. */
  public int step() {
    return step;
  }

  /** The arrays of a matrix with separate rows. */
  float[][] arrays() {
    return arrays;
  }

  /** The array that contains a row. */
  public float[] array(int row) {
    return arrays[apart ? row : 0];
  }

  /** Start of a row in its array. */
  public int at(int row) {
    return apart ? 0 : row * step;
  }

  /** Sets a few lanes of a row. */
  void fill(int row, int from, int to, float number) {
    float[] array = array(row);
    int start = at(row);
    Arrays.fill(array, start + from, start + to, number);
  }
}
