package io.destine.spark.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeastSquaresTest {
  private static final int ROWS = 3_000;

  /**
   * At the least sum the gradient A^T (A b - y) + penalty b is 0, for rows of every kind of field.
   */
  @Test
  void theGradientIsZero() {
    List<GeneratedField> fields =
        List.of(
            GeneratedField.categorical("c", 300),
            GeneratedField.numeric("n"),
            GeneratedField.multi("t", 20),
            GeneratedField.vector("v", 3));
    ClickLog log =
        new ClickLog(
            fields,
            "label",
            ROWS,
            2,
            0.9,
            0.1,
            0,
            TeacherSettings.factorizationMachine(0.2, 0.8, 0, List.of()),
            false);
    FirstOrderCells cells = new FirstOrderCells(fields);
    assertThat(cells.columns()).isEqualTo((1 + 256) + (1 + 25) + (1 + 20) + 4);
    DrawnRow row = new DrawnRow(log);
    ValueParts parts = new ValueParts(log);
    double[][] x = new double[4][ValueParts.RANK];
    LeastSquares squares = new LeastSquares(cells.columns(), ROWS, cells.mostEntries(), 2.5);
    double[][] dense = new double[ROWS][cells.columns()];
    double[] y = new double[ROWS];
    for (int n = 0; n < ROWS; n++) {
      row.draw(n);
      parts.read(row);
      parts.centre(new double[4][ValueParts.RANK], x);
      cells.read(row, x);
      for (int i = 0; i < cells.size(); i++) {
        dense[n][cells.place(i)] += cells.weight(i);
      }
      y[n] = Math.sin(n) + (row.length(0) == 0 ? 1 : 0);
      squares.add(cells, y[n]);
    }
    double[] b = squares.coefficients();
    double[] gradient = Arrays.stream(b).map(coefficient -> 2.5 * coefficient).toArray();
    for (int n = 0; n < ROWS; n++) {
      double error = -y[n];
      for (int j = 0; j < b.length; j++) {
        error += dense[n][j] * b[j];
      }
      for (int j = 0; j < b.length; j++) {
        gradient[j] += error * dense[n][j];
      }
    }
    assertThat(Arrays.stream(gradient).map(Math::abs).max().orElseThrow()).isLessThan(1e-4);
    assertThat(Arrays.stream(b).map(Math::abs).max().orElseThrow()).isGreaterThan(0.1);
  }
}
