package io.destine.param;

/**
 * The gradient of K table rows, [K, width]. Rows may be computed when they are read, since for a
 * table of millions of rows a step updates too many rows to keep them in memory twice. Threads may
 * read concurrently.
 */
@FunctionalInterface
public interface TableGradient {

  /** Copies rows {@code from} up to {@code from + n - 1} to the start of {@code into}. */
  void read(int from, int n, double[] into);

  /** Consecutive rows of the given width in {@code values}, which is shared. */
  static TableGradient of(double[] values, int width) {
    return (from, n, into) -> System.arraycopy(values, from * width, into, 0, n * width);
  }
}
