package io.destine.benchmark;

import io.destine.param.Gradient;
import io.destine.param.GradientSink;
import io.destine.param.ParameterLayout;
import io.destine.train.IdRows;
import java.util.Arrays;

/**
 * Gradient sums that depend on the order: gradients are added up and merged as floats. Has the same
 * structure as the fixed-point sum, with rows, pages and prefetching, so that the two differ only
 * in the arithmetic. For networks without a wide part.
 */
final class PlainGradientSum implements GradientSink {
  private static final int PAGE_BITS = 10;
  private static final int PAGE_ROWS = 1 << PAGE_BITS;
  private static final int BLOCK = 128;
  private static final int LINE = 16;

  private final int d;
  private final float[] dense;
  private final IdRows ids = new IdRows(PAGE_ROWS);
  private final int[] block = new int[BLOCK];
  private float[][] pages = new float[8][];
  private double loss;
  private double weight;
  private long rows;

  @SuppressWarnings("UnusedVariable")
  private volatile float touched;

  PlainGradientSum(ParameterLayout layout) {
    d = layout.embeddingDim();
    dense = new float[layout.denseSize()];
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
      dense[offset + i] += (float) values[from + i];
    }
  }

  @Override
  public void addEmbedding(int id, float[] values, int from) {
    add(row(id), values, from);
  }

  @Override
  public void addEmbedding(int id, double[] values, int from) {
    throw new UnsupportedOperationException("float32 networks only");
  }

  @Override
  public void addEmbeddings(int[] of, int from, int n, float[] values, int at, int stride) {
    for (int done = 0; done < n; done += BLOCK) {
      int count = Math.min(BLOCK, n - done);
      tableRows(of, from + done, count);
      for (int i = 0; i < count; i++) {
        add(block[i], values, at + (done + i) * stride);
      }
    }
  }

  private void add(int row, float[] values, int from) {
    float[] page = pages[row >>> PAGE_BITS];
    int offset = offset(row);
    for (int i = 0; i < d; i++) {
      page[offset + i] += values[from + i];
    }
  }

  private int offset(int row) {
    return (row & (PAGE_ROWS - 1)) * d;
  }

  private void tableRows(int[] of, int from, int n) {
    for (int i = 0; i < n; i++) {
      block[i] = row(of[from + i]);
    }
    touch(block, 0, n);
  }

  /** Prefetches rows, like the fixed-point sum. */
  private void touch(int[] tableRows, int from, int n) {
    float sum = 0;
    for (int i = from; i < from + n; i++) {
      float[] page = pages[tableRows[i] >>> PAGE_BITS];
      int offset = offset(tableRows[i]);
      for (int j = 0; j < d; j += LINE) {
        sum += page[offset + j];
      }
    }
    touched = sum;
  }

  private int row(int id) {
    int row = ids.row(id);
    int page = row >>> PAGE_BITS;
    if (page >= pages.length) {
      pages = Arrays.copyOf(pages, 2 * pages.length);
    }
    if (pages[page] == null) {
      pages[page] = new float[PAGE_ROWS * d];
    }
    return row;
  }

  @Override
  public void addWide(int id, double value) {
    throw new UnsupportedOperationException("no wide part");
  }

  @Override
  public void addStatistics(double[] timesRows) {}

  @Override
  public void addLoss(double loss, double weight, long rows) {
    this.loss += loss;
    this.weight += weight;
    this.rows += rows;
  }

  /** Adds the sums of another task. */
  void merge(PlainGradientSum other) {
    for (int i = 0; i < dense.length; i++) {
      dense[i] += other.dense[i];
    }
    int size = other.ids.size();
    int[] of = other.ids.ids();
    for (int done = 0; done < size; done += BLOCK) {
      int count = Math.min(BLOCK, size - done);
      tableRows(of, done, count);
      for (int i = 0; i < count; i++) {
        add(block[i], other.pages[(done + i) >>> PAGE_BITS], other.offset(done + i));
      }
    }
    loss += other.loss;
    weight += other.weight;
    rows += other.rows;
  }

  /** The sum as the gradient for an optimiser. */
  Gradient toGradient() {
    int[] ascending = ids.ascending();
    int[] order = new int[ascending.length];
    for (int k = 0; k < order.length; k++) {
      order[k] = ids.row(ascending[k]);
    }
    double[] embedding = new double[order.length * d];
    for (int k = 0; k < order.length; k += BLOCK) {
      int n = Math.min(BLOCK, order.length - k);
      touch(order, k, n);
      for (int i = k; i < k + n; i++) {
        float[] page = pages[order[i] >>> PAGE_BITS];
        int offset = offset(order[i]);
        for (int j = 0; j < d; j++) {
          embedding[i * d + j] = page[offset + j];
        }
      }
    }
    double[] doubles = new double[dense.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = dense[i];
    }
    return new Gradient(doubles, new double[0], ascending, embedding, null, loss, weight, rows);
  }
}
