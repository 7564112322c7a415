package io.destine.spark.train;

import io.destine.config.TrainConfig;
import io.destine.param.ParameterLayout;
import java.util.function.IntUnaryOperator;
import org.apache.spark.SparkConf;

/**
 * How deep the tree should be that merges the results of a step's tasks. With depth 1 the driver
 * merges them all, one after the other. Each further level is a shuffle: it costs its start, and
 * about three times what its merges cost for writing, fetching and reading.
 *
 * @param bytesPerTask of the result of one of so many tasks, at most
 * @param mostBytes that the results at the driver may have together
 */
record TreeDepth(IntUnaryOperator bytesPerTask, long mostBytes) implements IntUnaryOperator {
  private static final int DEEPEST = 4;
  private static final double BYTES_PER_MILLI = 640_000;
  private static final double STAGE_MILLIS = 50;

  /** For the steps of a run on a cluster. */
  static TreeDepth of(
      SparkConf spark, TrainConfig config, ParameterLayout layout, RowSummary rows) {
    double idsPerRow = (double) rows.ids() / Math.max(1, rows.rows());
    double bytesPerId = 8.0 * (layout.embeddingDim() + (layout.wide() ? 1 : 0)) + 4;
    double dense = 8.0 * (layout.denseSize() + layout.statisticsSize());
    long limit = spark.getSizeAsBytes("spark.driver.maxResultSize", "1g");
    return new TreeDepth(
        tasks -> {
          double rowsPerTask = Math.ceil((double) config.batchSize() / tasks);
          return (int) Math.min(Integer.MAX_VALUE, dense + rowsPerTask * idsPerRow * bytesPerId);
        },
        limit == 0 ? Long.MAX_VALUE : limit);
  }

  /** The depth of least time, or the least at which the driver's share fits. */
  @Override
  public int applyAsInt(int tasks) {
    long bytes = bytesPerTask.applyAsInt(tasks);
    int best = DEEPEST;
    double least = Double.POSITIVE_INFINITY;
    for (int depth = 1; depth <= DEEPEST; depth++) {
      double fanIn = Math.ceil(Math.pow(tasks, 1.0 / depth));
      double level = fanIn * bytes / BYTES_PER_MILLI;
      double millis = level + (depth - 1) * (STAGE_MILLIS + 4 * level);
      if (fanIn * bytes < 0.8 * mostBytes && millis < least) {
        least = millis;
        best = depth;
      }
    }
    return best;
  }
}
