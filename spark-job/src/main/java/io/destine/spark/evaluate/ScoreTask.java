package io.destine.spark.evaluate;

import io.destine.calibration.Calibration;
import io.destine.feature.EncodedBatch;
import io.destine.feature.SideTables;
import io.destine.kernel.Forward;
import io.destine.kernel.KernelFactory;
import io.destine.param.Parameters;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.parameters.ParameterSource;
import io.destine.spark.parameters.Worker;
import io.destine.spark.source.RowProgress;
import java.io.Serializable;
import java.util.stream.IntStream;

/**
 * Scores encoded rows inside tasks, with one version of the parameters.
 *
 * @param kernels creates kernels of the network
 * @param parameters source of the parameters
 * @param calibration of the logits
 * @param tables vocabulary with the side tables of stored rows; null if rows have all fields
 * @param progress counts the rows
 */
public record ScoreTask(
    KernelFactory kernels,
    ParameterSource parameters,
    Calibration calibration,
    StoredVocabulary tables,
    RowProgress progress)
    implements Serializable {
  /** Rows of a block: enough to fill a kernel's SIMD lanes, few enough to stay in cache. */
  public static final int BLOCK_ROWS = 1024;

  /** The rows with their logits, in order. */
  public ScoredRows score(EncodedBatch rows) {
    return new ScoredRows(logits(rows), rows.labels(), rows.weights(), rows.groups());
  }

  /** The calibrated logits of rows, in order, [rows]. */
  public double[] logits(EncodedBatch rows) {
    double[] logits = new double[rows.rows()];
    Worker worker = Worker.of(parameters.run());
    Forward forward = worker.borrowForward(kernels);
    try {
      if (tables == null) {
        logits(forward, rows, logits);
      } else {
        joined(forward, rows, logits);
      }
    } finally {
      worker.giveBackForward(forward);
    }
    calibration.apply(logits, logits.length);
    progress.add(rows.rows());
    return logits;
  }

  private void logits(Forward forward, EncodedBatch rows, double[] logits) {
    try (ParameterSource.View view = parameters.of(rows)) {
      if (rows.rows() <= BLOCK_ROWS) {
        forward.logits(view.parameters(), view.rows(), logits);
      } else {
        byBlocks(forward, view.parameters(), view.rows(), logits);
      }
    }
  }

  /**
   * Joins a few rows at a time: rows with the fields of side tables are larger than those of the
   * log.
   */
  private void joined(Forward forward, EncodedBatch rows, double[] logits) {
    SideTables sides = tables.sideTables();
    int[] order = IntStream.range(0, logits.length).toArray();
    double[] block = new double[BLOCK_ROWS];
    for (int from = 0; from < logits.length; from += BLOCK_ROWS) {
      int to = Math.min(logits.length, from + BLOCK_ROWS);
      logits(forward, sides.join(rows.select(order, from, to)), block);
      System.arraycopy(block, 0, logits, from, to - from);
    }
  }

  private static void byBlocks(
      Forward forward, Parameters parameters, EncodedBatch rows, double[] logits) {
    int[] order = IntStream.range(0, logits.length).toArray();
    double[] block = new double[BLOCK_ROWS];
    for (int from = 0; from < logits.length; from += BLOCK_ROWS) {
      int to = Math.min(logits.length, from + BLOCK_ROWS);
      forward.logits(parameters, rows.select(order, from, to), block);
      System.arraycopy(block, 0, logits, from, to - from);
    }
  }
}
