package io.destine.spark.train;

import io.destine.train.TrainingListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.master.Master;
import org.apache.spark.deploy.worker.Worker;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/** Trainings on a cluster whose machines join late or stand still. */
final class MachineRuns {
  /** Stops of executors with a task of a step. */
  static final int STOPS = 4;

  private static final int COPY_SECONDS = 10;

  /** Both executors have tasks again, and the task with a copy has ended. */
  private static final int STEPS_BETWEEN_STOPS = 2;

  /** Steps that go by while an executor is stopped: it has no task of a step. */
  private static final int STEPS_WITHOUT = 2;

  private static final String SPECULATION = "spark.speculation";

  private final ObservedCluster cluster;

  private MachineRuns(ObservedCluster cluster) {
    this.cluster = cluster;
  }

  /** A standalone cluster whose machines join one after the other, at addresses of their own. */
  private static final class Machines implements AutoCloseable {
    private final SparkConf settings = new SparkConf();
    private final Path directory;
    private final RpcEnv master;
    private final List<RpcEnv> workers = new ArrayList<>();

    Machines(Path directory) {
      this.directory = directory;
      master = Master.startRpcEnvAndEndpoint("127.0.0.1", 0, 0, settings)._1();
    }

    String url() {
      return "spark://127.0.0.1:" + master.address().port();
    }

    /** With one core, so that two tasks of a step are not both on an executor that is stopped. */
    void join() {
      int number = workers.size() + 1;
      workers.add(
          Worker.startRpcEnvAndEndpoint(
              "127.0.0." + number,
              0,
              0,
              1,
              1024,
              new String[] {url()},
              directory.resolve("worker-" + number).toString(),
              Option.apply(number),
              settings,
              Option.empty()));
    }

    @Override
    public void close() {
      workers.forEach(RpcEnv::shutdown);
      master.shutdown();
    }
  }

  static void all(Path directory) {
    try (Machines machines = new Machines(directory)) {
      machines.join();
      SparkSession spark =
          ObservedCluster.sessionOfOthers(
              ObservedCluster.settings(machines.url())
                  .set(SPECULATION, "true")
                  .set("spark.speculation.interval", "20ms")
                  .set("spark.speculation.quantile", "0.5")
                  .set("spark.speculation.multiplier", "1.5"));
      try {
        MachineRuns runs = new MachineRuns(ObservedCluster.of(directory, spark));
        // Stages read these two when they begin.
        runs.set(SPECULATION, "false");
        runs.late(machines);
        runs.set(SPECULATION, "true");
        // Data in a stopped executor's memory are not waited for.
        runs.set("spark.locality.wait", "0");
        runs.slow();
      } finally {
        spark.stop();
      }
    }
  }

  private void set(String setting, String value) {
    cluster.context().sc().conf().set(setting, value);
  }

  /** A machine joins in the first epoch and has tasks in it. */
  private void late(Machines machines) {
    AtomicInteger joined = new AtomicInteger(-1);
    AtomicInteger tasks = new AtomicInteger();
    ClusterEvents.await(
        "the first executor joins", () -> cluster.context().sc().getExecutorIds().size() == 1);
    cluster.train(
        SameBitsCase.DECAY,
        "-late",
        "-late",
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, int of, long rows, double loss) {
            if (epoch == 0 && step == 5) {
              machines.join();
              ClusterEvents.await(
                  "another executor joins", () -> cluster.events().added().contains("1"));
              joined.set(step);
            } else if (epoch == 0 && step == SameBitsCase.STEPS_PER_EPOCH - 1) {
              cluster.settle();
              tasks.set(cluster.events().succeededInSteps("1"));
            }
          }
        });
    cluster.settle();
    cluster.observe("late.joined-after-step", joined.get());
    cluster.observe("late.tasks", tasks.get());
  }

  /**
   * Executors stand still, one after the other, each with a task of a step, until a copy of that
   * task has been launched. They are stopped between two steps: an executor without a task is given
   * one in the next step, and the training cannot end before all have been stopped. An executor
   * that is only finishing a useless task, such as a copy, delays no step; it is continued after
   * some steps and stopped again.
   */
  private void slow() {
    AtomicInteger copies = new AtomicInteger();
    AtomicInteger steps = new AtomicInteger();
    cluster.train(
        SameBitsCase.DECAY,
        "-slow",
        "-late",
        new TrainingListener() {
          private int next = STEPS_BETWEEN_STOPS;
          private Thread signals;

          @Override
          public void stepped(int epoch, int step, int of, long rows, double loss) {
            int now = steps.incrementAndGet();
            if (signals != null && signals.isAlive()) {
              next = now + STEPS_BETWEEN_STOPS;
            } else if (copies.get() < STOPS && now >= next) {
              String id = String.valueOf(copies.get() % 2);
              SignalledProcess executor = ExecutorProcess.find(id);
              int before = cluster.events().speculative();
              executor.stop();
              signals =
                  ObservedCluster.inBackground(
                      () -> {
                        if (isCopied(id, before, () -> steps.get() > now + STEPS_WITHOUT)) {
                          copies.incrementAndGet();
                        }
                        executor.carryOn();
                      });
            }
          }
        });
    cluster.observe("slow.copies", copies.get());
  }

  private boolean isCopied(String id, int before, BooleanSupplier keepsNobodyWaiting) {
    BooleanSupplier copied =
        () -> cluster.events().runningInSteps(id) > 0 && cluster.events().speculative() > before;
    ClusterEvents.happens(
        COPY_SECONDS, () -> copied.getAsBoolean() || keepsNobodyWaiting.getAsBoolean());
    return copied.getAsBoolean();
  }
}
