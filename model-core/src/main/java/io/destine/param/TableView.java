package io.destine.param;

import io.destine.config.Precision;

/** Rows of a fixed width that can be read in blocks: a table, or a snapshot of one. */
public interface TableView {

  /** V, the number of rows. */
  int rows();

  /** Numbers per row. */
  int width();

  /** The type of the numbers. */
  Precision precision();

  /**
   * Copies {@code n} rows from {@code first} on.
   *
   * @param into a table of the same width and precision; its rows from {@code at} on are set
   */
  void copy(int first, int n, ParameterTable into, int at);
}
