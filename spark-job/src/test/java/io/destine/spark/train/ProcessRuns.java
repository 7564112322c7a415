package io.destine.spark.train;

import io.destine.train.TrainingListener;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.SparkSession;

/**
 * Trainings whose two executors are processes of their own.
 *
 * <p>Tasks are held back until the executor that is to fail has one, so that the event meets a step
 * under way on every machine.
 */
final class ProcessRuns {
  /** Of one core: each has one task of a step. */
  private static final int EXECUTORS = 2;

  private final ObservedCluster cluster;

  private ProcessRuns(ObservedCluster cluster) {
    this.cluster = cluster;
  }

  /** Executors in processes of their own, as Spark's own tests have them. */
  static void all(Path directory) {
    SparkSession spark =
        ObservedCluster.session(
            ObservedCluster.settings("local-cluster[2,1,1024]")
                .set("spark.cores.max", "2")
                .set("spark.plugins", HeldTasks.class.getName())
                .set(HeldTasks.DIRECTORY, directory.toString())
                .set("spark.scheduler.minRegisteredResourcesRatio", "1.0"));
    try {
      ProcessRuns runs = new ProcessRuns(ObservedCluster.of(directory, spark));
      for (String name : SameBitsCase.ALL) {
        runs.cluster.train(name, "-processes", "-processes", new TrainingListener() {});
      }
      for (int tasks : new int[] {1, 3, 5}) {
        runs.tasks("-tasks-" + tasks, tasks);
      }
      runs.killed();
    } finally {
      spark.stop();
    }
  }

  /** Steps of so many tasks. */
  private void tasks(String suffix, int tasks) {
    cluster.context().sc().conf().set("spark.default.parallelism", String.valueOf(tasks));
    cluster.settle();
    cluster.events().forgetSizes();
    AtomicInteger stages = new AtomicInteger();
    cluster.train(
        SameBitsCase.DECAY,
        suffix,
        "-processes",
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, int of, long rows, double loss) {
            if (epoch == 0 && step == 1) {
              cluster.settle();
              cluster.events().forgetSizes();
            } else if (epoch == 0 && step == SameBitsCase.STEPS_PER_EPOCH - 1) {
              cluster.settle();
              stages.set(cluster.events().mostStages());
            }
          }
        });
    cluster.context().sc().conf().remove("spark.default.parallelism");
    cluster.observe(suffix.substring(1) + ".stages", stages.get());
    cluster.observe(suffix.substring(1) + ".tasks", cluster.events().mostTasks());
  }

  /**
   * An executor is killed while a task of a step runs on it. Another one takes its place, and its
   * part of the steps, in the same epoch.
   */
  private void killed() {
    cluster.settle();
    int before = cluster.events().lost();
    AtomicInteger replaced = new AtomicInteger();
    AtomicInteger sameEpoch = new AtomicInteger();
    cluster.train(
        SameBitsCase.DECAY,
        "-killed",
        "-processes",
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, int of, long rows, double loss) {
            if (epoch == 0 && step == 2) {
              killInOneOfTheNextSteps();
            } else if (epoch == 0 && step == 5) {
              ClusterEvents.await("a task is lost", () -> cluster.events().lost() > before);
              ClusterEvents.await("a replacement joins", () -> !joined().isEmpty());
              replaced.set(step);
            } else if (epoch == 0 && step == SameBitsCase.STEPS_PER_EPOCH - 1) {
              cluster.settle();
              sameEpoch.set(cluster.events().succeededInSteps(joined().iterator().next()));
            }
          }
        });
    cluster.settle();
    cluster.observe("killed.lost", cluster.events().lost() - before);
    cluster.observe("killed.removed", cluster.events().removed().size());
    cluster.observe("killed.replaced-after-step", replaced.get());
    cluster.observe("killed.step-tasks-of-replacement", sameEpoch.get());
  }

  /** Executors beyond the first two. */
  private Set<String> joined() {
    Set<String> joined = new TreeSet<>(cluster.events().added());
    joined.removeAll(Set.of("0", "1"));
    return joined;
  }

  /**
   * A task that is held back cannot end before its executor does. Tasks of the next two steps may
   * have begun already, those of the third have not.
   */
  private void killInOneOfTheNextSteps() {
    HeldTasks.hold(cluster.directory(), EXECUTORS);
    SignalledProcess executor = ExecutorProcess.find("1");
    ObservedCluster.inBackground(
        () -> {
          try {
            ClusterEvents.await(
                "the executor has a task", () -> HeldTasks.holds(cluster.directory(), "1"));
            executor.kill();
          } finally {
            HeldTasks.letGo(cluster.directory());
          }
        });
  }
}
