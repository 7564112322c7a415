package io.destine.spark.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class TeacherTest {
  private static final int ROWS = 200_000;

  private static ClickLog log(double skew) {
    List<GeneratedField> fields = Shape.plain(0, 2, 6, 1);
    TeacherSettings teacher = new TeacherSettings(0.3, 0.5, 1, List.of(new FieldPair(0, 1)));
    return new ClickLog(fields, "label", ROWS, 3, skew, 0, 0, teacher, false);
  }

  /** E[(v_m - mean) . (v_n - mean) | the value of m] = 0 for independent fields. */
  @Test
  void interactionsTellNothingThatASingleValueTells() {
    ClickLog log = log(1.05);
    TeacherScale scale = TeacherScale.of(log);
    DrawnRow row = new DrawnRow(log);
    Teacher teacher = new Teacher(log);
    double[][] sums = new double[2][7];
    double[][] counts = new double[2][7];
    double squares = 0;
    for (int n = 0; n < ROWS; n++) {
      row.draw(n);
      teacher.read(row);
      double x = scale.interactionFactor() * teacher.interaction(scale.means());
      squares += x * x / ROWS;
      for (int m = 0; m < 2; m++) {
        sums[m][row.rank(m, 0)] += x;
        counts[m][row.rank(m, 0)]++;
      }
    }
    assertThat(Math.sqrt(squares)).isCloseTo(1, within(0.03));
    for (int m = 0; m < 2; m++) {
      for (int rank = 1; rank <= 6; rank++) {
        // The rarest value has 14,000 rows: five standard errors, twice, since the means are of a
        // sample of a third of the size.
        assertThat(sums[m][rank] / counts[m][rank])
            .as("field %d, rank %d", m, rank)
            .isCloseTo(0, within(0.1));
      }
    }
  }

  /** A value's effects depend on the seed and the value alone, and differ from value to value. */
  @Test
  void everyValueHasItsOwnEffect() {
    ClickLog log = log(0);
    DrawnRow row = new DrawnRow(log);
    Teacher teacher = new Teacher(log);
    double[][] seen = new double[7][7];
    for (int n = 0; n < 2_000; n++) {
      row.draw(n);
      teacher.read(row);
      double effect = teacher.firstOrder();
      double before = seen[row.rank(0, 0)][row.rank(1, 0)];
      assertThat(before == 0 || before == effect).isTrue();
      seen[row.rank(0, 0)][row.rank(1, 0)] = effect;
    }
    for (int a = 1; a <= 6; a++) {
      for (int b = 1; b <= 6; b++) {
        // A sum over fields: w_a + w_b - w_1 - w_b does not depend on b.
        assertThat(seen[a][b] - seen[1][b]).isCloseTo(seen[a][1] - seen[1][1], within(1e-12));
        assertThat(a == 1 || seen[a][b] != seen[1][b]).isTrue();
      }
    }
  }
}
