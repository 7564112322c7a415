package io.destine.spark.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.destine.config.CalibrationMethod;
import io.destine.config.Metric;
import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.RateScaling;
import io.destine.config.Schedule;
import io.destine.config.TrainConfig;
import io.destine.feature.FieldLayout;
import io.destine.param.ParameterLayout;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepCostTest {
  private static final int FIELDS = 39;
  private static final ModelConfig MODEL =
      ModelConfig.interaction().embeddingDim(16).heads(2).headDim(16).layers(3).build();
  private static final StepCost.Cluster CLUSTER = new StepCost.Cluster(16_000, 10, 0.2, 4, 0.75);

  private static StepCost cost(
      int batch, int executors, int cores, int vocabulary, StepCost.Cluster cluster) {
    TrainConfig train =
        new TrainConfig(
            batch,
            1,
            1,
            TrainConfig.blocksPerStepFor(batch),
            Schedule.PLATEAU,
            RateScaling.NONE,
            0.1,
            0,
            Metric.LOG_LOSS,
            CalibrationMethod.NONE,
            OptimizerConfig.of(OptimizerKind.ADAM, 0.001));
    FieldLayout fields = FieldLayout.ofIds(FIELDS);
    return new StepCost(
        new Workload(
            MODEL, fields, train, vocabulary, 1_000_000, 3, false, false, 2, 0.5, executors, cores),
        cluster);
  }

  /** Against draws: u^(1 / (1 - s)) of a field's values, u uniform. */
  @ParameterizedTest
  @CsvSource({"1000000, 4096, 0.75", "1000000, 100, 0.75", "50000, 4096, 0.5", "400, 4096, 0"})
  void distinctIdsAreThoseOfDraws(int vocabulary, int rows, double skew) {
    Random random = new Random(7);
    int values = vocabulary / FIELDS;
    BitSet drawn = new BitSet(vocabulary);
    for (int i = 0; i < rows * FIELDS; i++) {
      int value = (int) (Math.pow(random.nextDouble(), 1 / (1 - skew)) * values);
      drawn.set(i % FIELDS * values + value);
    }
    StepCost.Cluster cluster = new StepCost.Cluster(16_000, 10, 0.2, 4, skew);
    double expected = cost(4096, 2, 1, FIELDS * values, cluster).distinctIds(rows);
    assertThat(expected).isCloseTo(drawn.cardinality(), within(0.02 * drawn.cardinality()));
  }

  /** Every row uses all 39 ids; 17 words for each of them, and the dense numbers. */
  @Test
  void bytesAreThoseOfTheRowsThatExecutorsUse() {
    StepCost cost = cost(4096, 4, 1, FIELDS, CLUSTER);
    long dense = ParameterLayout.of(MODEL, FieldLayout.ofIds(FIELDS)).denseSize();
    assertThat(cost.fetchedBytes()).isCloseTo(4.0 * 4 * (39 * 17 + dense), within(1.0));
    assertThat(cost.gradientBytes()).isCloseTo(4.0 * 4 * (39 * 16 + dense), within(1.0));
  }

  /** Twice the bandwidth halves what the wire takes when nothing else counts. */
  @Test
  void aSlowNetworkIsTheLimit() {
    StepCost.Cluster slow = new StepCost.Cluster(16_000, 0.01, 0, 64, 0.75);
    StepCost cost = cost(4096, 8, 4, 1_000_000, slow);
    assertThat(cost.limit()).isEqualTo("fetch");
    double wire = cost.fetchedBytes() * 8 / 0.01e9 * 1e3;
    assertThat(cost.millis().get("fetch")).isCloseTo(wire, within(0.01 * wire));
  }

  /** 256 blocks on 200 executors: some have two, so a step takes as long as with 128. */
  @Test
  void aStepWaitsForTheExecutorWithMostBlocks() {
    double many = cost(65_536, 200, 4, 1_000_000, CLUSTER).millis().get("compute");
    double few = cost(65_536, 128, 4, 1_000_000, CLUSTER).millis().get("compute");
    assertThat(many).isEqualTo(few);
  }

  /** Rates of steps that were measured: docs/scaling.md. The driver had no cores of its own. */
  @ParameterizedTest
  @CsvSource({"1024, 21273", "4096, 29164", "16384, 29311"})
  void measuredStepsAreForetoldAtMostAFifthTooShort(int batch, double measured) {
    StepCost.Cluster machine = new StepCost.Cluster(17_900, 20, 0, 2, 0.75);
    double foretold = cost(batch, 2, 1, 1_000_000, machine).rowsPerSecond();
    assertThat(foretold).isBetween(measured, 1.25 * measured);
  }

  @Test
  void theLeastBatchOfAnEfficiencyIsTheFirstThatHasIt() {
    StepCost cost = cost(4096, 4, 4, 1_000_000, CLUSTER);
    int batch = cost.batchFor(0.5);
    assertThat(batch).isGreaterThan(1024);
    assertThat(cost(batch, 4, 4, 1_000_000, CLUSTER).efficiency()).isGreaterThanOrEqualTo(0.5);
    assertThat(cost(batch / 2, 4, 4, 1_000_000, CLUSTER).efficiency()).isLessThan(0.5);
    assertThat(cost.batchFor(0.999)).isZero();
  }

  @Test
  void settingsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new StepCost.Cluster(0, 10, 0.2, 4, 0.75))
        .hasMessage("--rows-per-second must be above 0, got 0.0");
    assertThatThrownBy(() -> new StepCost.Cluster(1, 10, 0.2, 4, 1))
        .hasMessage("--skew must be in [0, 1), got 1.0");
  }
}
