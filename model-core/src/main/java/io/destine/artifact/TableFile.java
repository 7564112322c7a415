package io.destine.artifact;

import io.destine.config.Precision;
import java.io.Serializable;

/**
 * A file of a model directory with some rows of a table of parameters or of the optimiser's state.
 *
 * @param table name of the table
 * @param width numbers of a row
 * @param precision of the numbers
 * @param file its name
 * @param tensor name of the tensor that holds the rows
 * @param firstRow inclusive
 * @param endRow exclusive
 */
public record TableFile(
    String table,
    int width,
    Precision precision,
    String file,
    String tensor,
    int firstRow,
    int endRow)
    implements Serializable {
  private static final long serialVersionUID = 1;

  /** Receives rows that are read. */
  @FunctionalInterface
  public interface Rows {
    /**
     * Receives consecutive rows.
     *
     * @param first number of the first row
     * @param n number of rows
     * @param numbers float[] or double[], by the precision, one row after the other; must not be
     *     kept
     */
    void take(int first, int n, Object numbers);
  }
}
