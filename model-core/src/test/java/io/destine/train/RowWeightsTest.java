package io.destine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.config.CalibrationMethod;
import io.destine.config.Metric;
import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.Precision;
import io.destine.config.RateScaling;
import io.destine.config.Schedule;
import io.destine.config.TrainConfig;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.kernel.Kernel;
import io.destine.kernel.KernelChoice;
import io.destine.kernel.Kernels;
import io.destine.metric.WeightTotals;
import io.destine.model.Destine;
import io.destine.optim.Optimizers;
import io.destine.param.Gradient;
import io.destine.param.Parameters;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training with row weights of any size. */
class RowWeightsTest {
  private static final int IDS = 40;
  private static final int PARTITIONS = 2;
  private static final Destine NETWORK =
      new Destine(
          ModelConfig.interaction()
              .embeddingDim(4)
              .heads(1)
              .headDim(4)
              .layers(1)
              .wide(true)
              .build(),
          FieldLayout.ofIds(2));
  private static final TrainConfig CONFIG =
      new TrainConfig(
          16,
          3,
          3,
          PARTITIONS,
          Schedule.PLATEAU,
          RateScaling.NONE,
          0.1,
          0,
          Metric.AUC,
          CalibrationMethod.NONE,
          OptimizerConfig.of(OptimizerKind.ADAM, 0.001));

  private static Kernel kernel(Precision precision) {
    return Kernels.create(
        KernelChoice.ND4J, NETWORK.config(), NETWORK.fields(), NETWORK.layout(), precision);
  }

  /** Weights between 0.2 and 5, one row in seven 0. */
  private static float[] weights(int partition, int rows) {
    CounterRandom random = CounterRandom.of(2, Purpose.SPLIT);
    float[] weights = new float[rows];
    for (int n = 0; n < rows; n++) {
      double u = random.uniform(1000 * partition + n);
      weights[n] = n % 7 == 3 ? 0 : (float) (0.2 * Math.pow(25, u));
    }
    return weights;
  }

  private static EncodedBatch rows(int partition, float[] weights) {
    CounterRandom random = CounterRandom.of(1, Purpose.SPLIT);
    int rows = weights.length;
    int[] ids = new int[2 * rows];
    float[] labels = new float[rows];
    for (int n = 0; n < rows; n++) {
      ids[2 * n] = random.below(IDS, 1000 * partition + 3 * n);
      ids[2 * n + 1] = IDS + random.below(IDS, 1000 * partition + 3 * n + 1);
      labels[n] = (ids[2 * n] + ids[2 * n + 1]) % 2;
    }
    return new EncodedBatch(partition, ids, null, null, null, labels, weights, null, null);
  }

  private static List<EncodedBatch> partitions(double factor) {
    List<EncodedBatch> partitions = new ArrayList<>();
    for (int p = 0; p < PARTITIONS; p++) {
      float[] weights = weights(p, 150);
      for (int n = 0; n < weights.length; n++) {
        weights[n] = (float) (weights[n] * factor);
      }
      partitions.add(rows(p, weights));
    }
    return partitions;
  }

  private static double[] trained(double factor) {
    Parameters parameters = NETWORK.initialParameters(2 * IDS, 3);
    new LocalTrainer(CONFIG, kernel(Precision.FLOAT32))
        .train(
            parameters,
            IntStream.generate(() -> 150).limit(PARTITIONS).toArray(),
            partitions(factor),
            () -> new Validation(0.5, 0.5, 0, 1, false),
            new TrainingListener() {});
    int width = 4;
    double[] all =
        Arrays.copyOf(parameters.dense(), parameters.dense().length + 2 * IDS * (width + 1));
    int at = parameters.dense().length;
    for (int id = 0; id < 2 * IDS; id++) {
      parameters.embedding().read(id, all, at);
      parameters.wide().read(id, all, at + width);
      at += width + 1;
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {-60, -23, 7, 50})
  void aFactorThatIsAPowerOfTwoKeepsTheBitsOfTheModel(int power) {
    assertThat(trained(Math.scalb(1.0, power))).isEqualTo(trained(1));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-7, 1e9, 1e15})
  void aCommonFactorOfAllWeightsKeepsTheModel(double factor) {
    assertThat(trained(factor)).usingComparatorWithPrecision(1e-4).containsExactly(trained(1));
  }

  /**
   * A row a million times heavier than others must not reduce the precision of steps that do not
   * contain it.
   */
  @Test
  void theGradientOfLightRowsIsThatOfDoubleBesideARowAMillionTimesHeavier() {
    float[] ones = new float[64];
    Arrays.fill(ones, 1);
    EncodedBatch light = rows(0, ones);
    WeightTotals totals = new WeightTotals();
    float[] many = new float[3_000_000];
    Arrays.fill(many, 1);
    many[0] = 1e6f;
    totals.add(new float[many.length], many);
    Parameters parameters = Parameters.initial(NETWORK.layout(), Precision.FLOAT64, 2 * IDS, 3);

    FloatingGradientSum oracle = new FloatingGradientSum(parameters.layout());
    kernel(Precision.FLOAT64).gradient(parameters, light, null, oracle);
    GradientScale scale = GradientScale.of(1024, totals);
    Gradient found = gradient(parameters, light, scale);
    assertClose(found.dense(), oracle.toGradient().dense(), scale, 1e-9);
    assertClose(found.embedding(), oracle.toGradient().embedding(), scale, 1e-9);
    assertThat(found.meanLoss()).isCloseTo(oracle.toGradient().meanLoss(), within(1e-9));
  }

  private static Gradient gradient(Parameters parameters, EncodedBatch rows, GradientScale scale) {
    TrainConfig config =
        new TrainConfig(
            64,
            1,
            3,
            1,
            Schedule.PLATEAU,
            RateScaling.NONE,
            0.1,
            0,
            Metric.AUC,
            CalibrationMethod.NONE,
            OptimizerConfig.of(OptimizerKind.ADAM, 0.001));
    LocalGradientSource source =
        new LocalGradientSource(
            List.of(rows),
            kernel(Precision.FLOAT64),
            parameters,
            Optimizers.create(config.optimizer(), parameters),
            config.seed(),
            scale);
    BatchPlan plan = new BatchPlan(config.seed(), new int[] {rows.rows()}, config.batchSize(), 1);
    return source.sum(plan.epoch(0, 0).next(), List.of()).toGradient();
  }

  private static void assertClose(
      double[] found, double[] expected, GradientScale scale, double tolerance) {
    double[] weighted =
        Arrays.stream(expected).map(g -> Math.scalb(g, scale.weightExponent())).toArray();
    assertThat(found).usingComparatorWithPrecision(tolerance).containsExactly(weighted);
  }

  @Test
  void rowsOfWeightZeroTouchNoId() {
    float[] weights = weights(0, 64);
    EncodedBatch rows = rows(0, weights);
    Set<Integer> expected = new HashSet<>();
    for (int n = 0; n < rows.rows(); n++) {
      if (weights[n] > 0) {
        expected.add(rows.ids()[2 * n]);
        expected.add(rows.ids()[2 * n + 1]);
      }
    }
    Parameters parameters = Parameters.initial(NETWORK.layout(), Precision.FLOAT64, 2 * IDS, 3);
    Gradient gradient = gradient(parameters, rows, GradientScale.of(64, new WeightTotals()));
    assertThat(gradient.ids())
        .containsExactly(expected.stream().mapToInt(Integer::intValue).sorted().toArray())
        .hasSizeLessThan((int) Arrays.stream(rows.ids()).distinct().count());
  }
}
