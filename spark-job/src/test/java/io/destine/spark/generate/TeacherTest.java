package io.destine.spark.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.testing.Full;
import java.util.List;
import org.junit.jupiter.api.Test;

class TeacherTest {
  private static final int ROWS = 200_000;

  private static ClickLog log(double skew) {
    List<GeneratedField> fields = Shape.plain(0, 2, 6, 1);
    TeacherSettings teacher =
        TeacherSettings.factorizationMachine(0.3, 0.5, 1, List.of(new FieldPair(0, 1)));
    return new ClickLog(fields, "label", ROWS, 3, skew, 0, 0, teacher, false);
  }

  /** E[(v_m - mean) . (v_n - mean) | the value of m] = 0 for independent fields. */
  @Test
  void interactionsTellNothingThatASingleValueTells() {
    ClickLog log = log(1.05);
    TeacherScale scale = TeacherScale.of(log);
    DrawnRow row = new DrawnRow(log);
    Teacher teacher = new Teacher(log, scale);
    double[][] sums = new double[2][7];
    double[][] counts = new double[2][7];
    double squares = 0;
    for (int n = 0; n < ROWS; n++) {
      row.draw(n);
      teacher.read(row);
      double x = scale.interactionFactor() * teacher.interaction();
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

  /**
   * The attention term has mean 0 over the rows of every value, in correlated fields, and the
   * requested standard deviation.
   */
  @Test
  void attentionTellsNothingThatASingleValueTells() {
    int fields = 5;
    ClickLog log =
        new ClickLog(
            Shape.plain(0, fields, 6, 1),
            "label",
            ROWS,
            3,
            0.9,
            0.1,
            0,
            TeacherSettings.attention(0.3, 0.5, 0.7),
            false);
    TeacherScale scale = TeacherScale.of(log);
    DrawnRow row = new DrawnRow(log);
    Teacher teacher = new Teacher(log, scale);
    double[][] sums = new double[fields][7];
    double[][] counts = new double[fields][7];
    double mean = 0;
    double squares = 0;
    double firstMean = 0;
    double firstSquares = 0;
    double rate = 0;
    for (int n = 0; n < ROWS; n++) {
      row.draw(n);
      teacher.read(row);
      double x = scale.interactionFactor() * teacher.interaction();
      double first = scale.firstFactor() * teacher.firstOrder();
      mean += x / ROWS;
      squares += x * x / ROWS;
      firstMean += first / ROWS;
      firstSquares += first * first / ROWS;
      rate += TeacherScale.probability(teacher.logit()) / ROWS;
      for (int m = 0; m < fields; m++) {
        int rank = row.length(m) == 0 ? 0 : row.rank(m, 0);
        sums[m][rank] += x;
        counts[m][rank]++;
      }
    }
    assertThat(Math.sqrt(squares - mean * mean)).isCloseTo(0.7, within(0.02));
    assertThat(Math.sqrt(firstSquares - firstMean * firstMean)).isCloseTo(0.5, within(0.01));
    assertThat(rate).isCloseTo(0.3, within(0.003));
    for (int m = 0; m < fields; m++) {
      for (int rank = 0; rank <= 6; rank++) {
        // The rarest value has 14,000 rows here and 4,700 in the sample of the fit: five standard
        // errors of both are 0.06, of a deviation of 0.7.
        assertThat(sums[m][rank] / counts[m][rank] - mean)
            .as("field %d, rank %d", m, rank)
            .isCloseTo(0, within(0.06));
      }
    }
  }

  /** g has 5,140 fitted numbers, so the rows of the fit would give an estimate of 0.76. */
  @Full
  @Test
  void attentionHasItsDeviationOnOtherRowsThanThoseOfTheFit() {
    TeacherSettings attention = TeacherSettings.attention(0.3, 0.5, 0.7);
    ClickLog log =
        new ClickLog(Shape.plain(0, 20, 400, 1), "label", ROWS, 3, 0.9, 0.1, 0, attention, false);
    TeacherScale scale = TeacherScale.of(log);
    DrawnRow row = new DrawnRow(log);
    Teacher teacher = new Teacher(log, scale);
    int rows = 30_000;
    double mean = 0;
    double squares = 0;
    double rate = 0;
    for (int n = 0; n < rows; n++) {
      row.draw(n);
      teacher.read(row);
      double x = scale.interactionFactor() * teacher.interaction();
      mean += x / rows;
      squares += x * x / rows;
      rate += TeacherScale.probability(teacher.logit()) / rows;
    }
    // Five standard errors, with tails somewhat heavier than those of a normal distribution.
    assertThat(Math.sqrt(squares - mean * mean)).isCloseTo(0.7, within(0.025));
    assertThat(rate).isCloseTo(0.3, within(0.007));
  }

  /** A value's effects depend on the seed and the value alone, and differ from value to value. */
  @Test
  void everyValueHasItsOwnEffect() {
    ClickLog log = log(0);
    DrawnRow row = new DrawnRow(log);
    ValueParts parts = new ValueParts(log);
    double[][] seen = new double[7][7];
    for (int n = 0; n < 2_000; n++) {
      row.draw(n);
      parts.read(row);
      double effect = parts.effects();
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

  /**
   * Of 2,000 values: five standard errors of a correlation and of a deviation are 0.11 and 0.08.
   */
  @Test
  void effectsTurnFromDayToDay() {
    int values = 2_000;
    double drift = 0.6;
    TeacherSettings teacher = new TeacherSettings(TeacherKind.FM, 0.3, 1, 0, List.of(), drift);
    ClickLog log =
        new ClickLog(Shape.plain(0, 1, values, 1), "label", 60_000, 3, 0, 0, 3, teacher, false);
    DrawnRow row = new DrawnRow(log);
    ValueParts parts = new ValueParts(log);
    double[][] effects = new double[3][values + 1];
    for (int n = 0; n < 60_000; n++) {
      row.draw(n);
      parts.read(row);
      assertThat(row.day()).isEqualTo(n / 20_000);
      effects[(int) row.day()][row.rank(0, 0)] = parts.effects();
    }
    for (int day = 0; day < 3; day++) {
      assertThat(mean(effects[day], effects[day])).isCloseTo(1, within(0.08));
      assertThat(mean(effects[0], effects[day])).isCloseTo(Math.cos(drift * day), within(0.11));
    }
  }

  private static double mean(double[] a, double[] b) {
    double sum = 0;
    for (int i = 1; i < a.length; i++) {
      sum += a[i] * b[i] / (a.length - 1);
    }
    return sum;
  }
}
