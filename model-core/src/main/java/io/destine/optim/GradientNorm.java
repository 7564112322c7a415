package io.destine.optim;

import io.destine.numeric.ExactSum;
import io.destine.param.Gradient;
import io.destine.param.TableGradient;
import io.destine.param.TableSlices;

/**
 * The Euclidean norm of a gradient of the mean loss, over dense tensors and touched table rows. The
 * squares of a row are summed in a fixed order, and the sums of rows are added without rounding, so
 * the result does not depend on how rows are divided between threads or processes.
 */
public final class GradientNorm {
  private GradientNorm() {}

  /**
   * The factor by which to multiply the gradient of the mean loss, so that its norm is within a
   * bound.
   *
   * @param squares sum of the squares of all numbers in the sum of gradients
   * @param weight sum of the weights of the batch's rows
   * @param bound above 0
   */
  public static double clip(ExactSum squares, double weight, double bound) {
    double norm = Math.sqrt(squares.value()) / weight;
    return norm > bound ? bound / norm : 1;
  }

  /**
   * The sum of the squares of a gradient, to be added to those of table rows in other processes.
   *
   * @param d width of the embeddings
   */
  public static ExactSum squares(Gradient gradient, int d, int threads) {
    ExactSum squares = new ExactSum();
    squares.add(squares(gradient.dense(), 0, gradient.dense().length));
    addAll(squares, gradient.embeddingRows(), d, gradient.ids().length, threads);
    if (gradient.wideRows() != null) {
      addAll(squares, gradient.wideRows(), 1, gradient.ids().length, threads);
    }
    return squares;
  }

  private static void addAll(
      ExactSum all, TableGradient gradient, int width, int rows, int threads) {
    int blockRows = Math.max(1, TableState.BLOCK / width);
    TableSlices.forEach(
        rows,
        threads,
        () -> {
          double[] g = new double[blockRows * width];
          return (from, to) -> {
            ExactSum sum = new ExactSum();
            for (int k = from; k < to; k += blockRows) {
              int n = Math.min(blockRows, to - k);
              gradient.read(k, n, g);
              for (int i = 0; i < n; i++) {
                sum.add(squares(g, i * width, width));
              }
            }
            synchronized (all) {
              all.plus(sum);
            }
          };
        });
  }

  /**
   * The sum of n squares, as four interleaved sums, since in a single sum each addition would wait
   * for the previous one.
   */
  private static double squares(double[] values, int from, int n) {
    double a = 0;
    double b = 0;
    double c = 0;
    double e = 0;
    int end = from + n;
    int i = from;
    for (; i + 3 < end; i += 4) {
      a += values[i] * values[i];
      b += values[i + 1] * values[i + 1];
      c += values[i + 2] * values[i + 2];
      e += values[i + 3] * values[i + 3];
    }
    for (; i < end; i++) {
      a += values[i] * values[i];
    }
    return a + b + c + e;
  }
}
