package io.destine.spark.train;

import io.destine.train.TrainingListener;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.SparkSession;

/** Trainings whose tables three executors own, in processes of their own. */
final class OwnedRuns {
  private static final int EXECUTORS = 3;
  private static final int JOINING_SECONDS = 11;
  private static final String OWNERS = "compute.owners=auto";
  private static final TrainingListener NONE = new TrainingListener() {};

  private final ObservedCluster cluster;

  private OwnedRuns(ObservedCluster cluster) {
    this.cluster = cluster;
  }

  static void all(Path directory) {
    SparkSession spark =
        ObservedCluster.session(
            ObservedCluster.settings("local-cluster[" + EXECUTORS + ",1,1024]")
                .set("spark.cores.max", String.valueOf(EXECUTORS))
                .set("spark.scheduler.minRegisteredResourcesRatio", "1.0"));
    try {
      OwnedRuns runs = new OwnedRuns(ObservedCluster.of(directory, spark));
      for (String name : SameBitsCase.ALL) {
        runs.cluster.train(name, "-owned", "-owned", NONE, OWNERS);
      }
      runs.killed("-owned-killed", "checkpoint.steps=3");
      runs.killed("-owned-begun-again", "checkpoint.steps=0");
      runs.joined();
    } finally {
      spark.stop();
    }
  }

  /** The one that takes the place of a killed one owns rows when it has been there for a while. */
  private void joined() {
    int before = cluster.events().added().size();
    AtomicInteger steps = new AtomicInteger();
    cluster.train(
        SameBitsCase.DECAY,
        "-owned-joined",
        "-owned",
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, int of, long rows, double loss) {
            int taken = steps.incrementAndGet();
            if (taken == 2) {
              ExecutorProcess.of(ProcessHandle.current()).get(1).kill();
            } else if (epoch == 0 && step == 5) {
              ClusterEvents.await(
                  "another executor joins", () -> cluster.events().added().size() > before);
            } else if (epoch == 0 && step == 8) {
              ClusterEvents.happens(JOINING_SECONDS, () -> false);
            }
          }
        },
        OWNERS,
        "checkpoint.steps=3");
  }

  /** An executor is killed while steps are taken. Another one takes its place. */
  private void killed(String suffix, String checkpoints) {
    AtomicInteger steps = new AtomicInteger();
    int before = cluster.events().removed().size();
    cluster.train(
        SameBitsCase.DECAY,
        suffix,
        "-owned",
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, int of, long rows, double loss) {
            if (steps.incrementAndGet() == 5) {
              ExecutorProcess.of(ProcessHandle.current()).get(1).kill();
            }
          }
        },
        OWNERS,
        checkpoints);
    cluster.settle();
    String run = suffix.substring(1);
    cluster.observe(run + ".removed", cluster.events().removed().size() - before);
    cluster.observe(run + ".steps", steps.get());
  }
}
