package io.destine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.config.CalibrationMethod;
import io.destine.config.Components;
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
import io.destine.optim.Optimizer;
import io.destine.optim.Optimizers;
import io.destine.param.Parameters;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Training with the embedding penalty, end to end. */
class LazyDecayTest {
  private static final int[] ROWS = {150, 150};
  private static final int IDS = 50;
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
          2,
          3,
          2,
          Schedule.PLATEAU,
          RateScaling.NONE,
          0.1,
          0,
          Metric.AUC,
          CalibrationMethod.NONE,
          OptimizerConfig.of(OptimizerKind.ADAM, 0.01).withEmbeddingL2(0.05));

  private static List<EncodedBatch> partitions() {
    CounterRandom random = CounterRandom.of(1, Purpose.SPLIT);
    List<EncodedBatch> partitions = new ArrayList<>();
    for (int p = 0; p < 2; p++) {
      int rows = 150;
      int[] ids = new int[2 * rows];
      float[] labels = new float[rows];
      for (int n = 0; n < rows; n++) {
        ids[2 * n] = random.below(IDS, 1000 * p + 3 * n);
        ids[2 * n + 1] = IDS + random.below(IDS, 1000 * p + 3 * n + 1);
        labels[n] = (ids[2 * n] + ids[2 * n + 1]) % 2;
      }
      partitions.add(new EncodedBatch(p, ids, null, null, null, labels, null, null, null));
    }
    return partitions;
  }

  private static Kernel kernel() {
    return Kernels.create(
        KernelChoice.ND4J, NETWORK.config(), NETWORK.fields(), NETWORK.layout(), Precision.FLOAT32);
  }

  private static Parameters trained(TrainConfig config) {
    Parameters parameters = NETWORK.initialParameters(2 * IDS, 3);
    new LocalTrainer(config, kernel())
        .train(
            parameters,
            ROWS,
            partitions(),
            () -> new Validation(0.5, 0.5, 0, 1, false),
            new TrainingListener() {});
    return parameters;
  }

  /** 100 / 300 rows. */
  @Test
  void theAutomaticPenaltyFollowsFromTheRowsThatTrain() {
    OptimizerConfig optimizer = CONFIG.optimizer();
    OptimizerConfig automatic = Components.with(optimizer, "embeddingL2", Optional.empty());
    Parameters found = trained(CONFIG.withOptimizer(automatic));
    Parameters expected = trained(CONFIG.withOptimizer(optimizer.withEmbeddingL2(100.0 / 300)));
    assertThat(found.dense()).isEqualTo(expected.dense());
    assertThat(found.dense()).isNotEqualTo(trained(CONFIG).dense());
    assertThatThrownBy(() -> Optimizers.create(automatic, found))
        .hasMessageContaining("embeddingL2 must be a number, got none");
  }

  /**
   * The oracle brings the whole table up to date after every step, so no step reads an old value.
   */
  @Test
  void everyStepReadsRowsAsIfAllHadDecayedInEveryStep() {
    Kernel kernel = kernel();
    Parameters lazy = trained(CONFIG);
    Parameters eager = NETWORK.initialParameters(2 * IDS, 3);
    Optimizer optimizer = Optimizers.create(CONFIG.optimizer(), eager);
    GradientScale scale = GradientScale.of(CONFIG.batchSize(), new WeightTotals());
    GradientSource source =
        new LocalGradientSource(partitions(), kernel, eager, optimizer, CONFIG.seed(), scale);
    BatchPlan plan = new BatchPlan(CONFIG.seed(), ROWS, CONFIG.batchSize(), CONFIG.blocksPerStep());
    for (int epoch = 0; epoch < CONFIG.epochs(); epoch++) {
      BatchPlan.Epoch steps = plan.epoch(epoch, 0);
      while (steps.hasNext()) {
        optimizer.step(source.sum(steps.next(), List.of()).toGradient(), 0.01);
        assertThat(optimizer.catchUp()).isTrue();
      }
    }

    double[] found = new double[4];
    double[] expected = new double[4];
    for (int id = 0; id < 2 * IDS; id++) {
      lazy.embedding().read(id, found, 0);
      eager.embedding().read(id, expected, 0);
      assertThat(found).as("embedding of id " + id).isEqualTo(expected);
    }
    assertThat(lazy.dense()).isEqualTo(eager.dense());
  }
}
