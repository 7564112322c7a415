package io.destine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.destine.config.CalibrationMethod;
import io.destine.config.Components;
import io.destine.config.Metric;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.RateScaling;
import io.destine.config.Schedule;
import io.destine.config.TrainConfig;
import io.destine.optim.RateSchedule.Verdict;
import org.junit.jupiter.api.Test;

class RateScheduleTest {

  private static RateSchedule schedule(int cuts, Metric metric, int warmup) {
    return schedule(Schedule.PLATEAU, cuts, metric, warmup);
  }

  private static RateSchedule schedule(Schedule kind, int cuts, Metric metric, int warmup) {
    OptimizerConfig optimizer =
        Components.with(OptimizerConfig.of(OptimizerKind.ADAM, 0.4), "warmupSteps", warmup);
    return new RateSchedule(
        new TrainConfig(
            64,
            9,
            1,
            1,
            kind,
            RateScaling.NONE,
            0.1,
            cuts,
            metric,
            CalibrationMethod.NONE,
            optimizer),
        900);
  }

  @Test
  void cutsWhenThereIsNoGainAndStopsAfterTwoCutsInARow() {
    RateSchedule schedule = schedule(2, Metric.AUC, 0);
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
    RateSchedule schedule = schedule(2, Metric.LOG_LOSS, 0);
    assertThat(schedule.observe(0.5)).isEqualTo(Verdict.IMPROVED);
    assertThat(schedule.observe(0.4)).isEqualTo(Verdict.IMPROVED);
    assertThat(schedule.observe(0.45)).isEqualTo(Verdict.CUT);
  }

  @Test
  void anUndefinedMetricIsRefusedAndCutsNothing() {
    RateSchedule schedule = schedule(2, Metric.AUC, 0);
    assertThatThrownBy(() -> schedule.observe(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the validation metric must be a number, got NaN");
    assertThat(schedule.cuts()).isZero();
  }

  @Test
  void withoutCutsItNeitherCutsNorStops() {
    RateSchedule schedule = schedule(0, Metric.AUC, 0);
    assertThat(schedule.observe(0.6)).isEqualTo(Verdict.IMPROVED);
    for (int epoch = 0; epoch < 5; epoch++) {
      assertThat(schedule.observe(0.5)).isEqualTo(Verdict.UNCHANGED);
    }
    assertThat(schedule.learningRate(1)).isEqualTo(0.4);
  }

  @Test
  void warmsUpLinearly() {
    RateSchedule schedule = schedule(2, Metric.AUC, 100);
    assertThat(schedule.learningRate(1)).isCloseTo(0.004, within(1e-15));
    assertThat(schedule.learningRate(50)).isCloseTo(0.2, within(1e-15));
    assertThat(schedule.learningRate(100)).isEqualTo(0.4);
    assertThat(schedule.learningRate(5000)).isEqualTo(0.4);
  }

  @Test
  void fallsAlongACosineWhateverTheMetricSays() {
    RateSchedule schedule = schedule(Schedule.COSINE, 2, Metric.AUC, 0);
    assertThat(schedule.learningRate(1)).isEqualTo(0.4);
    assertThat(schedule.learningRate(301)).isCloseTo(0.3, within(1e-15));
    assertThat(schedule.observe(0.6)).isEqualTo(Verdict.IMPROVED);
    for (int epoch = 0; epoch < 5; epoch++) {
      assertThat(schedule.observe(0.5)).isEqualTo(Verdict.UNCHANGED);
    }
    assertThat(schedule.learningRate(451)).isCloseTo(0.2, within(1e-15));
    assertThat(schedule.learningRate(900)).isPositive().isLessThan(1e-5);
  }

  @Test
  void aCosineWarmsUpToo() {
    RateSchedule schedule = schedule(Schedule.COSINE, 2, Metric.AUC, 100);
    assertThat(schedule.learningRate(50))
        .isCloseTo(0.1 * (1 + Math.cos(Math.PI * 49 / 900)), within(1e-15));
  }

  @Test
  void aLargerBatchHasALargerRate() {
    TrainConfig large = TrainConfig.defaults().withBatchSize(4096);
    for (RateScaling scaling : RateScaling.values()) {
      TrainConfig config = Components.with(large, "rateScaling", scaling);
      double expected =
          switch (scaling) {
            case NONE -> 0.002;
            case SQRT -> 0.004;
            case LINEAR -> 0.008;
          };
      assertThat(new RateSchedule(config, 900).learningRate(7)).isCloseTo(expected, within(1e-15));
    }
  }
}
