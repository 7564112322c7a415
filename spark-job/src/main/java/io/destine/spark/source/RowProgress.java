package io.destine.spark.source;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Counts the rows processed by tasks, for progress lines and the Spark UI. Executors report the
 * count with their heartbeats and when a task ends. A task that runs twice counts twice.
 */
public final class RowProgress implements Serializable {
  /** Name of the accumulators. */
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
