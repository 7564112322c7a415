package io.destine.spark.train;

import io.destine.spark.internals.DyingOwner;
import io.destine.spark.parameters.OwnerMoment;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.apache.spark.sql.SparkSession;
import scala.collection.JavaConverters;

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
                .set("spark.scheduler.minRegisteredResourcesRatio", "1.0")
                .set("spark.plugins", DyingOwner.class.getName())
                .set(DyingOwner.DIRECTORY, directory.toString()));
    try {
      OwnedRuns runs = new OwnedRuns(ObservedCluster.of(directory, spark));
      for (String name : SameBitsCase.ALL) {
        runs.cluster.train(name, "-owned", "-owned", NONE, OWNERS);
      }
      runs.resumed();
      runs.killed();
      for (OwnerMoment moment : OwnerMoment.values()) {
        runs.lost(moment);
      }
      runs.joined();
      runs.started();
    } finally {
      spark.stop();
    }
  }

  /** An executor that replaces a killed one owns rows after a while. */
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

  /** An executor is killed while steps are taken, without a checkpoint: all begins anew. */
  private void killed() {
    disturbed(
        "owned-begun-again",
        0,
        step -> {
          if (step == 5) {
            ExecutorProcess.of(ProcessHandle.current()).get(1).kill();
          }
        });
  }

  /**
   * An executor ends at a moment of the step after the fifth, or of the checkpoint after that. A
   * checkpoint is read only after another executor has ended.
   */
  private void lost(OwnerMoment moment) {
    String run = "owned-lost-" + moment.name().toLowerCase(Locale.ROOT);
    disturbed(
        run,
        3,
        step -> {
          if (step == 5) {
            List<String> executors = executors();
            moment.arm(cluster.directory(), executors.get(0));
            if (moment == OwnerMoment.RESTORE) {
              OwnerMoment.COMMIT.arm(cluster.directory(), executors.get(1));
            }
          }
        });
  }

  /** An owner is lost while the checkpoint is read with which a training resumes. */
  private void resumed() {
    ClusterEvents.await("executors are there", () -> executors().size() == EXECUTORS);
    List<String> settings =
        List.of(
            "output.model=" + cluster.directory().resolve(SameBitsCase.DECAY + "-owned-resumed"),
            "output.data=" + SameBitsCase.data(cluster.directory(), "-owned"),
            OWNERS);
    AtomicInteger taken = new AtomicInteger();
    try {
      ClusterRuns.resume(
          cluster.spark(),
          cluster.directory(),
          settings,
          () -> {
            if (taken.incrementAndGet() == 7) {
              throw new IllegalStateException("stopped on purpose");
            }
          });
      throw new AssertionError("the training must stop");
    } catch (IllegalStateException e) {
      OwnerMoment.RESTORE.arm(cluster.directory(), executors().get(0));
    }
    ClusterRuns.resume(cluster.spark(), cluster.directory(), settings, () -> {});
  }

  private List<String> executors() {
    return JavaConverters.seqAsJavaList(cluster.context().sc().getExecutorIds());
  }

  /** An executor is lost after the model from which the training started has been removed. */
  private void started() {
    Path base = cluster.directory().resolve(SameBitsCase.DECAY + "-owned");
    Path start = base.resolveSibling("start");
    try {
      TreeDigest.copy(base, start);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ClusterEvents.await("executors are there", () -> executors().size() == EXECUTORS);
    String[] settings = {OWNERS, "checkpoint.steps=3", "init-model=" + start};
    cluster.train(SameBitsCase.DECAY, "-started", "-started", NONE, settings);
    AtomicInteger steps = new AtomicInteger();
    cluster.train(
        SameBitsCase.DECAY,
        "-started-lost",
        "-started",
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, int of, long rows, double loss) {
            if (steps.incrementAndGet() == 5) {
              if (!start.toFile().renameTo(base.resolveSibling("moved").toFile())) {
                throw new IllegalStateException("cannot rename " + start);
              }
              ExecutorProcess.of(ProcessHandle.current()).get(1).kill();
            }
          }
        },
        settings);
  }

  private void disturbed(String run, int checkpoints, IntConsumer afterStep) {
    ClusterEvents.await("executors are there", () -> executors().size() == EXECUTORS);
    AtomicInteger steps = new AtomicInteger();
    int before = cluster.events().removed().size();
    cluster.train(
        SameBitsCase.DECAY,
        "-" + run,
        "-owned",
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, int of, long rows, double loss) {
            afterStep.accept(steps.incrementAndGet());
          }
        },
        OWNERS,
        "checkpoint.steps=" + checkpoints);
    cluster.settle();
    cluster.observe(run + ".removed", cluster.events().removed().size() - before);
    cluster.observe(run + ".steps", steps.get());
  }
}
