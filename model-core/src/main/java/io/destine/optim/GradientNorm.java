package io.destine.optim;

import io.destine.param.Gradient;
import io.destine.param.TableGradient;
import io.destine.param.TableSlices;

/**
 * The Euclidean norm of a gradient of the mean loss, over dense tensors and touched table rows.
 * Squares are added up by blocks, blocks by slices of rows, and slices in their order, so that the
 * bits do not depend on the number of threads.
 */
final class GradientNorm {
  private final double[] slices;

  /** Squares of K rows. */
  GradientNorm(int rows) {
    slices = new double[(rows + TableSlices.SLICE_ROWS - 1) / TableSlices.SLICE_ROWS];
  }

  /** Takes the squares of the slice that begins with row {@code from}. */
  void add(int from, double squares) {
    slices[from / TableSlices.SLICE_ROWS] += squares;
  }

  /** The norm, when the squares of all slices are here. */
  double of(Gradient gradient) {
    double sum = squares(gradient.dense(), gradient.dense().length);
    for (double slice : slices) {
      sum += slice;
    }
    return Math.sqrt(sum) / gradient.weight();
  }

  /** The norm, from the gradient alone. */
  static double of(Gradient gradient, int d, int threads) {
    GradientNorm norm = new GradientNorm(gradient.ids().length);
    norm.addAll(gradient.embeddingRows(), d, gradient.ids().length, threads);
    if (gradient.wideRows() != null) {
      norm.addAll(gradient.wideRows(), 1, gradient.ids().length, threads);
    }
    return norm.of(gradient);
  }

  private void addAll(TableGradient gradient, int width, int rows, int threads) {
    int blockRows = Math.max(1, TableState.BLOCK / width);
    TableSlices.forEach(
        rows,
        threads,
        () -> {
          double[] g = new double[blockRows * width];
          return (from, to) -> {
            double sum = 0;
            for (int k = from; k < to; k += blockRows) {
              int n = Math.min(blockRows, to - k);
              gradient.read(k, n, g);
              sum += squares(g, n * width);
            }
            add(from, sum);
          };
        });
  }

  /** The sum of n squares, as four interleaved sums: one alone would wait for each addition. */
  static double squares(double[] values, int n) {
    double a = 0;
    double b = 0;
    double c = 0;
    double e = 0;
    int i = 0;
    for (; i + 3 < n; i += 4) {
      a += values[i] * values[i];
      b += values[i + 1] * values[i + 1];
      c += values[i + 2] * values[i + 2];
      e += values[i + 3] * values[i + 3];
    }
    for (; i < n; i++) {
      a += values[i] * values[i];
    }
    return a + b + c + e;
  }
}
