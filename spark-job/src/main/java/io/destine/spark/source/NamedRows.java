package io.destine.spark.source;

import java.util.Iterator;
import org.apache.spark.rdd.InputFileBlockHolder;

/**
 * Rows of a table in a task, in their order. A file that cannot be read ends the iteration with a
 * failure that names it, which Spark's readers mostly do not. One thread.
 */
public final class NamedRows<T> implements Iterator<T> {
  private final Iterator<T> rows;

  /** The given rows, which come straight from the table. */
  public NamedRows(Iterator<T> rows) {
    this.rows = rows;
  }

  @Override
  @SuppressWarnings("IllegalCatch")
  public boolean hasNext() {
    try {
      return rows.hasNext();
    } catch (Exception e) {
      throw SourceFailure.of(e, file());
    }
  }

  @Override
  @SuppressWarnings("IllegalCatch")
  public T next() {
    try {
      return rows.next();
    } catch (Exception e) {
      throw SourceFailure.of(e, file());
    }
  }

  /** The file that the task reads; empty when the table is not made of files. */
  private static String file() {
    String url = InputFileBlockHolder.getInputFilePath().toString();
    try {
      return url.isEmpty() ? "" : SourceFiles.shown(SourceFiles.decoded(url));
    } catch (IllegalArgumentException e) {
      return url;
    }
  }
}
