package io.destine.spark.plan;

import io.destine.config.ModelConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.TrainConfig;
import io.destine.feature.EncodedBatch;
import io.destine.feature.FieldLayout;
import io.destine.model.Destine;
import io.destine.optim.Optimizer;
import io.destine.optim.Optimizers;
import io.destine.param.Gradient;
import io.destine.param.Parameters;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.List;

/**
 * A process that prints what parameters, optimiser and encoded rows add to its live heap, in bytes.
 * The optimiser has taken one step with an embedding penalty, so that all its state is allocated.
 */
final class LiveHeap {
  static final int VOCABULARY = 1_000_000;
  static final int ROWS = 2_000_000;
  static final ModelConfig MODEL =
      ModelConfig.interaction().wide(true).deep(List.of(512, 512)).build();
  static final FieldLayout FIELDS = FieldLayout.ofIds(10);

  private LiveHeap() {}

  static TrainConfig train(OptimizerKind kind) {
    return MemoryPlanTest.train(64, kind, 1e-4);
  }

  /** The argument is the kind of optimiser. */
  public static void main(String[] arguments) {
    TrainConfig train = train(OptimizerKind.valueOf(arguments[0]));
    Destine network = new Destine(MODEL, FIELDS);

    long empty = bytes();
    Parameters parameters = network.initialParameters(VOCABULARY, 1);
    long withParameters = bytes();
    Optimizer optimizer = Optimizers.create(train.optimizer(), parameters);
    optimizer.step(
        new Gradient(
            new double[network.layout().denseSize()],
            new double[0],
            new int[] {7},
            new double[16],
            new double[1],
            1,
            64,
            64),
        0.01);
    long withOptimizer = bytes();
    EncodedBatch encoded = EncodedBatch.ofIds(new int[10 * ROWS], new float[ROWS]);
    long withRows = bytes();
    System.out.printf(
        "live %d %d %d%n",
        withParameters - empty, withOptimizer - withParameters, withRows - withOptimizer);
    Reference.reachabilityFence(optimizer);
    Reference.reachabilityFence(encoded);
  }

  private static long bytes() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
