package io.destine.param;

/**
 * The gradient of K table rows, [K, width], which may have to be made as they are read: for a table
 * of millions of rows a step moves too many to hold them twice. Threads may read at once.
 */
@FunctionalInterface
public interface TableGradient {

  /** Copies rows {@code from} up to {@code from + n - 1} to the start of {@code into}. */
  void read(int from, int n, double[] into);

  /** Rows of the given width that lie one after the other in {@code values}, shared. */
  static TableGradient of(double[] values, int width) {
    return (from, n, into) -> System.arraycopy(values, from * width, into, 0, n * width);
  }
}
