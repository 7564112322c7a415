package io.destine.spark.generate;

import java.util.Arrays;

/**
 * Regression on sparse rows: finds the b that minimises
 *
 * <pre>
 *   sum over rows n of (y_n - a_n . b)^2 + penalty |b|^2
 * </pre>
 *
 * by conjugate gradients. A penalty of 1 has the weight of one row for each coefficient. Sums are
 * in a fixed order, so the coefficients are identical on every machine. Mutable; one thread.
 */
final class LeastSquares {
  private static final int MOST_STEPS = 100;
  private static final double SMALL = 1e-20;

  private final int columns;
  private final double penalty;
  private final int[] ends;
  private final int[] places;
  private final double[] weights;
  private final double[] targets;
  private int rows;
  private int entries;

  /**
   * A regression without rows.
   *
   * @param columns length of b
   * @param rows number of rows that will be added
   * @param mostEntries maximum number of non-zero entries of a row
   */
  LeastSquares(int columns, int rows, int mostEntries, double penalty) {
    this.columns = columns;
    this.penalty = penalty;
    ends = new int[rows];
    targets = new double[rows];
    places = new int[Math.multiplyExact(rows, mostEntries)];
    weights = new double[places.length];
  }

  /** Adds a row and its y. */
  void add(FirstOrderCells row, double target) {
    for (int i = 0; i < row.size(); i++) {
      places[entries] = row.place(i);
      weights[entries] = row.weight(i);
      entries++;
    }
    targets[rows] = target;
    ends[rows] = entries;
    rows++;
  }

  /** b [columns]. */
  double[] coefficients() {
    double[] b = new double[columns];
    double[] residual = new double[columns];
    for (int n = 0; n < rows; n++) {
      addRow(n, targets[n], residual);
    }
    double[] direction = residual.clone();
    double squares = dot(residual, residual);
    double enough = SMALL * squares;
    for (int step = 0; step < MOST_STEPS && squares > enough; step++) {
      double[] image = normalEquations(direction);
      double length = squares / dot(direction, image);
      for (int j = 0; j < columns; j++) {
        b[j] += length * direction[j];
        residual[j] -= length * image[j];
      }
      double next = dot(residual, residual);
      double keep = next / squares;
      Arrays.setAll(direction, j -> residual[j] + keep * direction[j]);
      squares = next;
    }
    return b;
  }

  /** (A^T A + penalty) x. */
  private double[] normalEquations(double[] x) {
    double[] image = new double[columns];
    Arrays.setAll(image, j -> penalty * x[j]);
    for (int n = 0; n < rows; n++) {
      double product = 0;
      for (int i = start(n); i < ends[n]; i++) {
        product += weights[i] * x[places[i]];
      }
      addRow(n, product, image);
    }
    return image;
  }

  private void addRow(int n, double factor, double[] sum) {
    for (int i = start(n); i < ends[n]; i++) {
      sum[places[i]] += factor * weights[i];
    }
  }

  private int start(int n) {
    return n == 0 ? 0 : ends[n - 1];
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }
}
