package io.destine.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.calibration.Calibration.Isotonic;
import io.destine.calibration.Calibration.Knot;
import io.destine.config.CalibrationMethod;
import io.destine.metric.LogitHistogram;
import io.destine.metric.LogitHistogram.Bucket;
import io.destine.metric.Logits;
import io.destine.metric.WeightUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CalibrationFitTest {

  /** Rows at logits from -4 to 4 whose positive share is exactly sigmoid(scale z + offset). */
  private static List<Bucket> rows(double scale, double offset) {
    List<Bucket> rows = new ArrayList<>();
    for (int i = -40; i <= 40; i++) {
      double z = i / 10.0;
      double weight = 3 + i % 3;
      rows.add(new Bucket(z, weight, weight * Logits.probability(scale * z + offset)));
    }
    return rows;
  }

  private static Calibration fit(CalibrationMethod method, List<Bucket> rows) {
    CalibrationFit fit = CalibrationFit.of(method, rows, 1);
    assertThat(fit.reason()).isEmpty();
    return fit.calibration().orElseThrow();
  }

  private static String reason(CalibrationMethod method, List<Bucket> rows) {
    CalibrationFit fit = CalibrationFit.of(method, rows, 1);
    assertThat(fit.calibration()).isEmpty();
    return fit.reason();
  }

  @Test
  void plattFindsTheScaleAndTheOffsetThatMadeTheLabels() {
    for (double[] made : new double[][] {{0.4, -1.5}, {2.5, 0.75}, {1, 3}, {0.05, -4}}) {
      Calibration.Affine found =
          (Calibration.Affine) fit(CalibrationMethod.PLATT, rows(made[0], made[1]));
      assertThat(found.scale()).isCloseTo(made[0], within(1e-7));
      assertThat(found.offset()).isCloseTo(made[1], within(1e-7));
    }
  }

  @Test
  void temperatureFindsTheScaleAlone() {
    Calibration.Affine found =
        (Calibration.Affine) fit(CalibrationMethod.TEMPERATURE, rows(0.4, 0));
    assertThat(found.scale()).isCloseTo(0.4, within(1e-7));
    assertThat(found.offset()).isZero();
  }

  /** Shares 0.1, 0.5, 0.2 and 0.9: the second and the third are pooled to 0.35. */
  @Test
  void adjacentViolatorsArePooled() {
    List<Bucket> pools =
        IsotonicFit.pools(
            List.of(
                new Bucket(-2, 10, 1),
                new Bucket(-1, 2, 1),
                new Bucket(0, 2, 0.4),
                new Bucket(3, 10, 9)));
    assertThat(pools)
        .containsExactly(new Bucket(-2, 10, 1), new Bucket(-0.5, 4, 1.4), new Bucket(3, 10, 9));
  }

  /** Half a row of the rarer label is added to the first and to the last pool. */
  @Test
  void isotonicKnotsAreTheLogitsOfThePoolsShares() {
    List<Bucket> rows =
        List.of(new Bucket(-2, 9.5, 0.5), new Bucket(0, 4, 1), new Bucket(3, 19.5, 18));
    Isotonic found = (Isotonic) fit(CalibrationMethod.ISOTONIC, rows);
    double[] to = {Math.log(1 / 9.0), Math.log(1 / 3.0), Math.log(18 / 2.0)};
    double[] from = {-2, 0, 3};
    assertThat(found.knots()).hasSize(3);
    for (int k = 0; k < 3; k++) {
      assertThat(found.knots().get(k).from()).isEqualTo(from[k]);
      assertThat(found.knots().get(k).to()).isCloseTo(to[k], within(1e-12));
      assertThat(found.apply(from[k])).isCloseTo(to[k], within(1e-12));
    }
    assertThat(found.apply(-1)).isCloseTo((to[0] + to[1]) / 2, within(1e-12));
    assertThat(found.apply(-5)).isCloseTo(to[0] - 3, within(1e-12));
    assertThat(found.apply(4)).isCloseTo(to[2] + 1, within(1e-12));
    assertThat(found.apply(Double.NaN)).isNaN();
  }

  @Test
  void isotonicFollowsAMapThatNoScaleAndOffsetFollow() {
    List<Bucket> rows = new ArrayList<>();
    for (int i = -40; i <= 40; i++) {
      double z = i / 10.0;
      double true1 = z < 0 ? z / 4 : 2 * z;
      rows.add(new Bucket(z, 1e6, 1e6 * Logits.probability(true1)));
    }
    Calibration found = fit(CalibrationMethod.ISOTONIC, rows);
    for (double z = -4; z <= 4; z += 0.05) {
      assertThat(found.apply(z)).isCloseTo(z < 0 ? z / 4 : 2 * z, within(2e-3));
    }
  }

  /** No line is steep enough to make float32 rounding errors of logits visible in probabilities. */
  @Test
  void neighboursThatDifferTooMuchArePooled() {
    List<Bucket> rows =
        List.of(
            new Bucket(-1, 50, 5),
            new Bucket(0, 50, 10),
            new Bucket(0.01, 50, 40),
            new Bucket(1, 50, 45));
    Isotonic found = (Isotonic) fit(CalibrationMethod.ISOTONIC, rows);
    assertThat(found.knots()).hasSize(3);
    assertThat(found.knots().get(1)).isEqualTo(new Knot(0.005, 0));
  }

  @Test
  void logitsStayWhereThereIsNoFit() {
    for (CalibrationMethod method : CalibrationMethod.values()) {
      if (method != CalibrationMethod.NONE) {
        String one = "the validation rows have one label only";
        assertThat(reason(method, List.of(new Bucket(0, 3, 3), new Bucket(1, 2, 2))))
            .isEqualTo(one);
        assertThat(reason(method, List.of(new Bucket(0, 3, 0)))).isEqualTo(one);
        assertThat(reason(method, List.of())).isEqualTo(one);
      }
    }
    List<Bucket> separable =
        List.of(new Bucket(-2, 4, 0), new Bucket(-1, 4, 0), new Bucket(1, 4, 4));
    List<Bucket> reversed = rows(-0.5, 0);
    List<Bucket> constant = List.of(new Bucket(0.5, 4, 1));
    for (CalibrationMethod method :
        List.of(CalibrationMethod.TEMPERATURE, CalibrationMethod.PLATT)) {
      assertThat(reason(method, separable)).contains("no scale above 0");
      assertThat(reason(method, reversed)).contains("no scale above 0");
    }
    assertThat(reason(CalibrationMethod.PLATT, constant)).contains("no scale above 0");
    assertThat(reason(CalibrationMethod.PLATT, rows(1, 0))).contains("does not lower");
  }

  @Test
  void aMapAfterAShiftIsOneMap() {
    Calibration shift = Calibration.shift(-2.3);
    Calibration affine = new Calibration.Affine(0.5, 1);
    Calibration isotonic = new Isotonic(List.of(new Knot(-1, -2), new Knot(2, 0.5)));
    for (double z = -6; z <= 6; z += 0.25) {
      for (Calibration map : List.of(affine, isotonic)) {
        assertThat(map.after(-2.3).apply(z)).isCloseTo(map.apply(shift.apply(z)), within(1e-12));
      }
    }
    assertThat(Calibration.shift(0).isIdentity()).isTrue();
    assertThat(shift.isIdentity()).isFalse();
  }

  @Test
  void aHistogramThatIsMergedInOtherOrdersIsTheSame() {
    int rows = 999;
    List<LogitHistogram> parts = new ArrayList<>();
    LogitHistogram whole = new LogitHistogram(WeightUnit.OF_ONES);
    double sum = 0;
    for (int n = 0; n < rows; n++) {
      double[] z = {Math.sin(n) * 7};
      float[] label = {z[0] > 0 != (n % 3 == 0) ? 1 : 0};
      float[] weight = {0.1f + n % 5};
      whole.add(z, label, weight);
      if (n % 100 == 0) {
        parts.add(new LogitHistogram(WeightUnit.OF_ONES));
      }
      parts.get(n / 100).add(z, label, weight);
      sum += weight[0];
    }
    LogitHistogram forward = new LogitHistogram(WeightUnit.OF_ONES);
    parts.forEach(forward::merge);
    LogitHistogram backward = new LogitHistogram(WeightUnit.OF_ONES);
    for (int p = parts.size() - 1; p >= 0; p--) {
      backward.merge(parts.get(p));
    }
    assertThat(forward.buckets()).isEqualTo(whole.buckets()).isEqualTo(backward.buckets());
    assertThat(whole.buckets().stream().mapToDouble(Bucket::weight).sum())
        .isCloseTo(sum, within(1e-2));
    assertThat(whole.buckets()).allMatch(b -> Math.abs(b.logit()) <= 7);
    assertThat(fit(CalibrationMethod.PLATT, forward.buckets()))
        .isEqualTo(fit(CalibrationMethod.PLATT, backward.buckets()));
  }
}
