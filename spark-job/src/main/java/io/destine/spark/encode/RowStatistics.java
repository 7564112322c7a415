package io.destine.spark.encode;

import io.destine.metric.WeightTotals;
import io.destine.spark.source.RowCounts;
import io.destine.spark.source.WeightRanges;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;

/** Rows by split and label, bad rows, and weights by split. */
final class RowStatistics implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int SPLITS = 3;
  private static final int REASONS = 100;

  private final long[][] rows = new long[SPLITS][2];
  private final List<WeightTotals> weights = new ArrayList<>();
  private final List<String> reasons = new ArrayList<>();
  private long dropped;
  private long sampledOut;
  private long bad;

  RowStatistics() {
    for (int split = 0; split < SPLITS; split++) {
      weights.add(new WeightTotals());
    }
  }

  /** The statistics of all rows; one job. */
  static RowStatistics of(JavaRDD<SplitChunk> chunks) {
    RowStatistics all = new RowStatistics();
    for (RowStatistics part : chunks.mapPartitions(RowStatistics::of).collect()) {
      all.add(part);
    }
    return all;
  }

  private static Iterator<RowStatistics> of(Iterator<SplitChunk> chunks) {
    RowStatistics statistics = new RowStatistics();
    chunks.forEachRemaining(statistics::add);
    return List.of(statistics).iterator();
  }

  private void add(SplitChunk split) {
    Chunk chunk = split.chunk();
    for (int n = 0; n < chunk.rows; n++) {
      if (split.splits()[n] == SplitChunk.DROPPED) {
        dropped++;
        sampledOut += chunk.labels[n] == 0 ? 1 : 0;
        continue;
      }
      rows[split.splits()[n]][chunk.labels[n]]++;
      if (chunk.weights != null) {
        weights.get(split.splits()[n]).add(chunk.labels[n] == 1, chunk.weights[n]);
      }
    }
    bad += chunk.reasons.size();
    chunk.reasons.forEach(this::addReason);
  }

  /** Keeps the alphabetically first reasons. */
  private void addReason(String reason) {
    if (!reasons.contains(reason)) {
      reasons.add(reason);
      if (reasons.size() > REASONS) {
        reasons.sort(null);
        reasons.remove(REASONS);
      }
    }
  }

  private void add(RowStatistics other) {
    for (int split = 0; split < SPLITS; split++) {
      rows[split][0] += other.rows[split][0];
      rows[split][1] += other.rows[split][1];
      weights.get(split).merge(other.weights.get(split));
    }
    dropped += other.dropped;
    sampledOut += other.sampledOut;
    bad += other.bad;
    other.reasons.forEach(this::addReason);
  }

  /** Number of good rows of a split. */
  long rows(Split split) {
    return rows[split.ordinal()][0] + rows[split.ordinal()][1];
  }

  /** Number of training rows with label 0 that sampling has left out. */
  long sampledOut() {
    return sampledOut;
  }

  /** Share of positive labels among the training rows; NaN if there is only one label. */
  double prior() {
    long[] train = rows[Split.TRAIN.ordinal()];
    return train[0] == 0 || train[1] == 0 ? Double.NaN : (double) train[1] / (train[0] + train[1]);
  }

  RowCounts counts() {
    return RowCounts.of(rows, dropped, bad, reasons);
  }

  WeightRanges weights(Optional<String> column) {
    return WeightRanges.of(weights, column);
  }
}
