package io.destine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.destine.config.Metric;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.TrainConfig;
import io.destine.optim.PlateauSchedule.Verdict;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlateauScheduleTest {

  private static PlateauSchedule schedule(int cuts, Metric metric, int warmup) {
    OptimizerConfig optimizer =
        new OptimizerConfig(OptimizerKind.ADAM, 0.4, 0.9, 0.999, 0, Optional.of(0.0), 0, warmup, 0);
    return new PlateauSchedule(new TrainConfig(64, 9, 1, 1, 0.1, cuts, metric, optimizer));
  }

  @Test
  void cutsWhenThereIsNoGainAndStopsAfterTwoCutsInARow() {
    PlateauSchedule schedule = schedule(2, Metric.AUC, 0);
    assertThat(schedule.observe(0.6)).isEqualTo(Verdict.IMPROVED);
    assertThat(schedule.observe(0.6)).isEqualTo(Verdict.CUT);
    assertThat(schedule.learningRate(1)).isCloseTo(0.04, within(1e-15));
    assertThat(schedule.observe(0.7)).isEqualTo(Verdict.IMPROVED);
    assertThat(schedule.observe(0.65)).isEqualTo(Verdict.CUT);
    assertThat(schedule.observe(0.69)).isEqualTo(Verdict.STOP);
    assertThat(schedule.best()).isEqualTo(0.7);
  }

  @Test
  void aLowerLogLossIsBetter() {
    PlateauSchedule schedule = schedule(2, Metric.LOG_LOSS, 0);
    assertThat(schedule.observe(0.5)).isEqualTo(Verdict.IMPROVED);
    assertThat(schedule.observe(0.4)).isEqualTo(Verdict.IMPROVED);
    assertThat(schedule.observe(0.45)).isEqualTo(Verdict.CUT);
  }

  @Test
  void anUndefinedMetricIsRefusedAndCutsNothing() {
    PlateauSchedule schedule = schedule(2, Metric.AUC, 0);
    assertThatThrownBy(() -> schedule.observe(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the validation metric must be a number, got NaN");
    assertThat(schedule.cuts()).isZero();
  }

  @Test
  void withoutCutsItNeitherCutsNorStops() {
    PlateauSchedule schedule = schedule(0, Metric.AUC, 0);
    assertThat(schedule.observe(0.6)).isEqualTo(Verdict.IMPROVED);
    for (int epoch = 0; epoch < 5; epoch++) {
      assertThat(schedule.observe(0.5)).isEqualTo(Verdict.UNCHANGED);
    }
    assertThat(schedule.learningRate(1)).isEqualTo(0.4);
  }

  @Test
  void warmsUpLinearly() {
    PlateauSchedule schedule = schedule(2, Metric.AUC, 100);
    assertThat(schedule.learningRate(1)).isCloseTo(0.004, within(1e-15));
    assertThat(schedule.learningRate(50)).isCloseTo(0.2, within(1e-15));
    assertThat(schedule.learningRate(100)).isEqualTo(0.4);
    assertThat(schedule.learningRate(5000)).isEqualTo(0.4);
  }
}
