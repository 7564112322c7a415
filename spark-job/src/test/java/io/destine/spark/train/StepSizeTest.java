package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.config.CalibrationMethod;
import io.destine.config.Metric;
import io.destine.config.ModelConfig;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.RateScaling;
import io.destine.config.Schedule;
import io.destine.config.TrainConfig;
import io.destine.feature.FieldLayout;
import io.destine.kernel.KernelChoice;
import io.destine.model.Destine;
import io.destine.model.NetworkKernels;
import io.destine.optim.Optimizers;
import io.destine.param.Parameters;
import io.destine.spark.SharedSpark;
import io.destine.train.TrainingListener;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerBlockUpdated;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.storage.BroadcastBlockId;
import org.junit.jupiter.api.Test;

/** In the driver's own JVM a step moves neither data nor parameters nor gradients. */
class StepSizeTest {
  /** Spark's own task metrics take about half of it. */
  private static final long BYTES = 16_000;

  private static final int PARTITIONS = 9;

  /** Sizes of what is sent from now on; broadcasts of other tests may be freed meanwhile. */
  private static final class Sizes extends SparkListener {
    private final long before;
    private final ConcurrentLinkedQueue<Long> results = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Long> broadcasts = new ConcurrentLinkedQueue<>();

    Sizes(long before) {
      this.before = before;
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      results.add(end.taskMetrics().resultSize());
    }

    @Override
    public void onBlockUpdated(SparkListenerBlockUpdated update) {
      if (update.blockUpdatedInfo().blockId() instanceof BroadcastBlockId block
          && block.broadcastId() > before) {
        broadcasts.add(update.blockUpdatedInfo().memSize());
      }
    }
  }

  @Test
  void tasksAndResultsStaySmallWhateverTheBatch() throws TimeoutException {
    JavaSparkContext context = SharedSpark.context();
    Destine network =
        new Destine(
            ModelConfig.interaction().embeddingDim(64).headDim(64).layers(2).build(),
            FieldLayout.ofIds(RandomRows.FIELDS));
    TrainConfig config =
        new TrainConfig(
            256,
            1,
            5,
            PARTITIONS,
            Schedule.PLATEAU,
            RateScaling.NONE,
            0.1,
            2,
            Metric.LOG_LOSS,
            CalibrationMethod.NONE,
            OptimizerConfig.of(OptimizerKind.ADAM, 0.001));
    Parameters parameters = network.initialParameters(RandomRows.VOCABULARY, 5);
    assertThat(8L * parameters.layout().denseSize()).as("gradient").isGreaterThan(10 * BYTES);
    context.sc().listenerBus().waitUntilEmpty();
    Sizes sizes = new Sizes(context.broadcast(0).id());
    context.sc().addSparkListener(sizes);
    try (RowBlocks cached =
            new RowBlocks(
                context, new RandomRows.Reader(PARTITIONS, false), PARTITIONS, 0.5, () -> 2);
        SynchronousTrainer trainer =
            new SynchronousTrainer(
                context, config, new NetworkKernels(network, KernelChoice.ND4J), parameters)) {
      trainer.train(
          cached,
          cached,
          Optimizers.create(config.optimizer(), parameters),
          new TrainingListener() {});
      context.sc().listenerBus().waitUntilEmpty();
    } finally {
      context.sc().removeSparkListener(sizes);
    }
    assertThat(sizes.results).isNotEmpty().allMatch(bytes -> bytes < BYTES, "below " + BYTES);
    assertThat(sizes.broadcasts).isNotEmpty().allMatch(bytes -> bytes < BYTES, "below " + BYTES);
  }
}
