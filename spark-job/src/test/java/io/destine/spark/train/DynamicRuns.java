package io.destine.spark.train;

import io.destine.train.TrainingListener;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.SparkSession;
import scala.collection.JavaConverters;

/** A training whose executors Spark itself adds when tasks wait and removes when they are idle. */
final class DynamicRuns {
  private static final int MOST = 3;

  /** Tasks of a step on one executor of one core: Spark's least default parallelism. */
  private static final int TASKS_ALONE = 2;

  /** After this step newcomers have loaded their classes, so that they take part in the next. */
  private static final int READY_AT = 5;

  private final ObservedCluster cluster;
  private final Set<String> alone = new ConcurrentSkipListSet<>();
  private final AtomicInteger newcomers = new AtomicInteger();
  private final AtomicInteger leavers = new AtomicInteger();
  private final Set<String> joined = new ConcurrentSkipListSet<>();

  private DynamicRuns(ObservedCluster cluster) {
    this.cluster = cluster;
  }

  static void all(Path directory) {
    SparkSession spark =
        ObservedCluster.session(
            ObservedCluster.settings("local-cluster[" + MOST + ",1,1024]")
                .set("spark.plugins", HeldTasks.class.getName())
                .set(HeldTasks.DIRECTORY, directory.toString())
                .set("spark.executor.cores", "1")
                // Nobody waits for a place on an executor that has left.
                .set("spark.locality.wait", "0")
                .set("spark.dynamicAllocation.enabled", "true")
                .set("spark.dynamicAllocation.shuffleTracking.enabled", "true")
                .set("spark.dynamicAllocation.shuffleTracking.timeout", "1s")
                .set("spark.dynamicAllocation.minExecutors", "1")
                .set("spark.dynamicAllocation.maxExecutors", "" + MOST)
                .set("spark.dynamicAllocation.executorIdleTimeout", "1s")
                .set("spark.dynamicAllocation.schedulerBacklogTimeout", "1s"));
    try {
      new DynamicRuns(ObservedCluster.of(directory, spark)).train();
    } finally {
      spark.stop();
    }
  }

  /**
   * In the first epoch all executors but one leave between two steps, and others join in the middle
   * of the next step, while its tasks wait. By the second epoch they have left again. Rows are
   * those that the training in one thread has encoded.
   */
  private void train() {
    cluster.train(
        SameBitsCase.DECAY,
        "-dynamic",
        "",
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, int of, long rows, double loss) {
            if (epoch == 0 && step == 2) {
              awaitOneExecutor();
              alone.addAll(executors());
              joinInTheNextStep();
            } else if (epoch == 0 && step == READY_AT) {
              awaitThatNewcomersAreReady();
            } else if (epoch == 0 && step == SameBitsCase.STEPS_PER_EPOCH - 1) {
              cluster.settle();
              newcomers.set(joined.stream().mapToInt(cluster.events()::succeededInSteps).sum());
            } else if (epoch == 1 && step == 2) {
              awaitOneExecutor();
              Set<String> left = new TreeSet<>(alone);
              left.addAll(joined);
              left.removeAll(executors());
              leavers.set(left.size());
            }
          }
        },
        "compute.owners=auto");
    cluster.settle();
    cluster.observe("dynamic.executors-left-alone", alone.size());
    cluster.observe("dynamic.joined-in-a-step", joined.size());
    cluster.observe("dynamic.step-tasks-of-newcomers", newcomers.get());
    cluster.observe("dynamic.left-after-that", leavers.get());
  }

  /** The executors that Spark knows now. The first one may have joined before anybody listened. */
  private Set<String> executors() {
    return Set.copyOf(JavaConverters.seqAsJavaList(cluster.context().sc().getExecutorIds()));
  }

  private void awaitOneExecutor() {
    ClusterEvents.await("idle executors leave", () -> executors().size() == 1);
  }

  /** Their first tasks take seconds, in which steps go on without them. */
  private void awaitThatNewcomersAreReady() {
    ClusterEvents.await(
        "newcomers have ended their first tasks",
        () -> {
          cluster.settle();
          return joined.stream().allMatch(id -> cluster.events().runningInSteps(id) == 0);
        });
  }

  /**
   * Tasks are held until Spark has found that some wait for a core, has added an executor, and has
   * given it one of them.
   */
  private void joinInTheNextStep() {
    HeldTasks.hold(cluster.directory(), TASKS_ALONE);
    ObservedCluster.inBackground(
        () -> {
          try {
            ClusterEvents.await(
                "an executor joins and has a task",
                () ->
                    executors().stream()
                        .filter(id -> !alone.contains(id))
                        .anyMatch(id -> HeldTasks.holds(cluster.directory(), id)));
            joined.addAll(executors());
            joined.removeAll(alone);
          } finally {
            HeldTasks.letGo(cluster.directory());
          }
        });
  }
}
