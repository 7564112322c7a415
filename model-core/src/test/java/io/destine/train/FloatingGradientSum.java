package io.destine.train;

import io.destine.param.Gradient;
import io.destine.param.GradientSink;
import io.destine.param.ParameterLayout;
import io.destine.param.TableGradient;
import java.util.Arrays;

/**
 * Sums gradients in double, in the order of the calls: exact enough to check formulas with. The
 * bits of its result depend on that order.
 */
public final class FloatingGradientSum implements GradientSink {
  private final int d;
  private final double[] dense;
  private final double[] statistics;
  private final boolean hasWide;
  private final IdRows tableRows = new IdRows(64);
  private double[] embedding = new double[0];
  private double[] wide = new double[0];
  private double loss;
  private double weight;
  private long rows;

  /** An empty sum for the given layout. */
  public FloatingGradientSum(ParameterLayout layout) {
    d = layout.embeddingDim();
    dense = new double[layout.denseSize()];
    statistics = new double[layout.statisticsSize()];
    hasWide = layout.wide();
  }

  @Override
  public void addDense(int offset, float[] values, int from, int n) {
    for (int i = 0; i < n; i++) {
      dense[offset + i] += values[from + i];
    }
  }

  @Override
  public void addDense(int offset, double[] values, int from, int n) {
    for (int i = 0; i < n; i++) {
      dense[offset + i] += values[from + i];
    }
  }

  @Override
  public void addEmbedding(int id, float[] values, int from) {
    int at = row(id) * d;
    for (int i = 0; i < d; i++) {
      embedding[at + i] += values[from + i];
    }
  }

  @Override
  public void addEmbedding(int id, double[] values, int from) {
    int at = row(id) * d;
    for (int i = 0; i < d; i++) {
      embedding[at + i] += values[from + i];
    }
  }

  @Override
  public void addWide(int id, double value) {
    wide[row(id)] += value;
  }

  private int row(int id) {
    int row = tableRows.row(id);
    if (row >= wide.length) {
      int capacity = Math.max(64, 2 * wide.length);
      wide = Arrays.copyOf(wide, capacity);
      embedding = Arrays.copyOf(embedding, Math.multiplyExact(capacity, d));
    }
    return row;
  }

  @Override
  public void addStatistics(double[] timesRows) {
    for (int i = 0; i < statistics.length; i++) {
      statistics[i] += timesRows[i];
    }
  }

  @Override
  public void addLoss(double loss, double weight, long rows) {
    this.loss += loss;
    this.weight += weight;
    this.rows += rows;
  }

  /** The sum so far, ids ascending. */
  public Gradient toGradient() {
    int[] ids = tableRows.ascending();
    double[] rowsOfIds = new double[ids.length * d];
    double[] wideOfIds = hasWide ? new double[ids.length] : null;
    for (int k = 0; k < ids.length; k++) {
      int row = tableRows.row(ids[k]);
      System.arraycopy(embedding, row * d, rowsOfIds, k * d, d);
      if (hasWide) {
        wideOfIds[k] = wide[row];
      }
    }
    return new Gradient(
        dense.clone(),
        statistics.clone(),
        ids,
        d,
        TableGradient.of(rowsOfIds, d),
        hasWide ? TableGradient.of(wideOfIds, 1) : null,
        loss,
        weight,
        rows);
  }
}
