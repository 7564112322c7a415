package io.destine.spark.source;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Counts the rows that tasks have done, for lines of progress and Spark's pages. Executors report
 * the count with their heartbeats and when a task ends. A task that runs twice counts twice.
 */
public final class RowProgress implements Serializable {
  /** Name of the accumulators that count. */
  public static final String NAME = "rows done";

  private static final long serialVersionUID = 1;

  private final LongAccumulator rows;

  private RowProgress(LongAccumulator rows) {
    this.rows = rows;
  }

  /** A new count. */
  public static RowProgress of(SparkContext context) {
    return new RowProgress(context.longAccumulator(NAME));
  }

  /** Adds rows, inside a task. */
  public void add(long count) {
    rows.add(count);
  }
}
