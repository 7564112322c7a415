package io.destine.spark.source;

import java.util.Iterator;
import org.apache.spark.rdd.InputFileBlockHolder;

/**
 * Rows of a table in a task, in order. If a file cannot be read, the iteration ends with an error
 * that names the file, which most Spark readers do not do. One thread.
 */
public final class NamedRows<T> implements Iterator<T> {
  private final Iterator<T> rows;

  /** Wraps rows read directly from the table. */
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

  /** The file that the task reads; empty if the table does not consist of files. */
  private static String file() {
    String url = InputFileBlockHolder.getInputFilePath().toString();
    try {
      return url.isEmpty() ? "" : SourceFiles.shown(SourceFiles.decoded(url));
    } catch (IllegalArgumentException e) {
      return url;
    }
  }
}
