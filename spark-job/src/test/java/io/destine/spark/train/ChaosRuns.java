package io.destine.spark.train;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.train.TrainingListener;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.sql.SparkSession;
import scala.collection.JavaConverters;

/**
 * Trainings on three executors that are killed, stand still or become slow at random, between steps
 * and in the middle of them.
 */
final class ChaosRuns {
  static final String SUFFIX = "-chaos-";

  private static final int EXECUTORS = 3;

  /** A disturbance in every so many steps. */
  private static final int EVERY = 5;

  private final ObservedCluster cluster;
  private final CounterRandom random;
  private final AtomicInteger drawn = new AtomicInteger();
  private final AtomicInteger disturbances = new AtomicInteger();
  private final AtomicInteger[] kinds = {
    new AtomicInteger(), new AtomicInteger(), new AtomicInteger()
  };

  private ChaosRuns(ObservedCluster cluster, long seed) {
    this.cluster = cluster;
    random = CounterRandom.of(seed, Purpose.SPLIT);
  }

  /** Trains until there have been so many disturbances. */
  static void all(Path directory, long seed, int most) {
    SparkSession spark =
        ObservedCluster.session("local-cluster[" + EXECUTORS + ",1,1024]")
            .config("spark.cores.max", String.valueOf(EXECUTORS))
            .config("spark.scheduler.minRegisteredResourcesRatio", "1.0")
            // Executors are lost far more often than on any cluster.
            .config("spark.task.maxFailures", "100")
            .config("spark.deploy.maxExecutorRetries", "-1")
            .getOrCreate();
    try {
      ChaosRuns runs = new ChaosRuns(ObservedCluster.of(directory, spark), seed);
      int trainings = 0;
      while (runs.disturbances.get() < most && trainings < most) {
        runs.train(SUFFIX + trainings++);
      }
      runs.cluster.observe("chaos.trainings", trainings);
      runs.cluster.observe("chaos.disturbances", runs.disturbances.get());
      runs.cluster.observe("chaos.killed", runs.kinds[0].get());
      runs.cluster.observe("chaos.stopped", runs.kinds[1].get());
      runs.cluster.observe("chaos.slowed", runs.kinds[2].get());
    } finally {
      spark.stop();
    }
  }

  private void train(String suffix) {
    cluster.train(
        SameBitsCase.DECAY,
        suffix,
        "",
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, int of, long rows, double loss, double norm) {
            if (draw(EVERY) == 0) {
              disturb();
            }
          }
        });
  }

  private int draw(int bound) {
    return random.below(bound, drawn.getAndIncrement());
  }

  private void disturb() {
    cluster.settle();
    List<String> executors = JavaConverters.seqAsJavaList(cluster.context().sc().getExecutorIds());
    if (executors.isEmpty()) {
      return;
    }
    ExecutorProcess executor;
    try {
      executor = ExecutorProcess.find(executors.get(draw(executors.size())));
    } catch (IllegalStateException e) {
      // It has ended, and Spark does not know yet.
      return;
    }
    int kind = draw(kinds.length);
    long after = TimeUnit.MILLISECONDS.toNanos(draw(60));
    int length = 1 + draw(20);
    disturbances.incrementAndGet();
    kinds[kind].incrementAndGet();
    ObservedCluster.inBackground(
        () -> {
          LockSupport.parkNanos(after);
          switch (kind) {
            case 0 -> {
              if (executor.process().isAlive()) {
                executor.kill();
              }
            }
            case 1 -> standStill(executor, 100L * length);
            default -> {
              for (int i = 0; i < length; i++) {
                standStill(executor, 40);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(40));
              }
            }
          }
        });
  }

  private static void standStill(ExecutorProcess executor, long millis) {
    if (executor.process().isAlive()) {
      executor.stop();
      try {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
      } finally {
        if (executor.process().isAlive()) {
          executor.carryOn();
        }
      }
    }
  }
}
