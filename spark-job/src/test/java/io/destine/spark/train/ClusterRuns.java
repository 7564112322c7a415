package io.destine.spark.train;

import io.destine.model.Destine;
import io.destine.spark.app.Main;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.encode.DataSetEncoder;
import io.destine.spark.encode.DataSetManifest;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.Split;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.master.Master;
import org.apache.spark.deploy.worker.Worker;
import org.apache.spark.rpc.RpcEnv;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/**
 * Trainings of {@link SameBitsCase} in a JVM whose cluster nobody else uses; the test that starts
 * it compares what they leave. Models have the name of the configuration and that of the run.
 *
 * <p>An executor is stopped before the task that it is to fail or to be slow at, so that the event
 * meets a step under way on every machine.
 */
public final class ClusterRuns {
  private final Path directory;
  private final SparkSession spark;
  private final JavaSparkContext context;
  private final ClusterEvents events = new ClusterEvents();

  private ClusterRuns(Path directory, SparkSession spark) {
    this.directory = directory;
    this.spark = spark;
    context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    context.sc().addSparkListener(events);
  }

  /**
   * Runs "commands DIRECTORY SUFFIX NAME...", "processes DIRECTORY", "machines DIRECTORY" or
   * "resumed DIRECTORY MASTER STEP".
   */
  public static void main(String[] arguments) throws IOException {
    loadShippedSettings();
    Path directory = Path.of(arguments[1]);
    switch (arguments[0]) {
      case "commands" ->
          commands(directory, arguments[2], Arrays.asList(arguments).subList(3, arguments.length));
      case "processes" -> processes(directory);
      case "machines" -> machines(directory);
      case "resumed" -> resumed(directory, arguments[2], Integer.parseInt(arguments[3]));
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void loadShippedSettings() throws IOException {
    Properties settings = new Properties();
    try (Reader reader = Files.newBufferedReader(Path.of("..", "conf", "spark-defaults.conf"))) {
      settings.load(reader);
    }
    settings.setProperty("spark.ui.enabled", "false");
    settings.setProperty("spark.driver.host", "127.0.0.1");
    settings.setProperty("spark.driver.bindAddress", "127.0.0.1");
    settings.setProperty("spark.sql.shuffle.partitions", "4");
    settings.setProperty("spark.executor.memory", "512m");
    settings.setProperty("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    settings.stringPropertyNames().forEach(k -> System.setProperty(k, settings.getProperty(k)));
  }

  /** The command line, in local mode. */
  private static void commands(Path directory, String suffix, List<String> names) {
    System.setProperty("spark.master", "local[1]");
    System.err.println("vectors of " + vectorBits() + " bits");
    for (String name : names) {
      String model = directory.resolve(name + suffix).toString();
      String config = SameBitsCase.config(directory, name).toString();
      Main.main(new String[] {"train", "--config", config, "--set", "output.model=" + model});
    }
  }

  /** By reflection: only the kernel is compiled with the vector module. */
  private static int vectorBits() {
    try {
      Object species =
          Class.forName("jdk.incubator.vector.FloatVector").getField("SPECIES_PREFERRED").get(null);
      return (int)
          Class.forName("jdk.incubator.vector.VectorSpecies")
              .getMethod("vectorBitSize")
              .invoke(species);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SparkSession.Builder session(String master) {
    return SparkSession.builder().master(master).appName("same bits");
  }

  /** Executors in processes of their own, as Spark's own tests have them. */
  private static void processes(Path directory) {
    SparkSession spark =
        session("local-cluster[2,1,1024]")
            .config("spark.cores.max", "2")
            .config("spark.scheduler.minRegisteredResourcesRatio", "1.0")
            .getOrCreate();
    try {
      ClusterRuns runs = new ClusterRuns(directory, spark);
      for (String name : SameBitsCase.ALL) {
        runs.train(name, "-processes", "-processes", new TrainingListener() {});
      }
      for (int tasks : new int[] {1, 3, 5}) {
        runs.trees("-tasks-" + tasks, tasks, 1);
      }
      runs.trees("-depth-2", 9, 2);
      runs.trees("-depth-3", 27, 3);
      runs.killed();
    } finally {
      spark.stop();
    }
  }

  /**
   * Goes on from the last checkpoint, if there is one, and sends itself SIGKILL so many steps
   * later; to the end when that is 0.
   */
  private static void resumed(Path directory, String master, int steps) {
    SparkSession spark = session(master).getOrCreate();
    JobConfig config =
        JobConfigReader.read(
            SameBitsCase.config(directory, SameBitsCase.DECAY),
            List.of(
                "output.model=" + directory.resolve(SameBitsCase.DECAY + "-resumed"),
                "checkpoint.steps=3"));
    AtomicInteger taken = new AtomicInteger();
    new TrainJob(spark, config, "test", System.err::println)
        .run(
            true,
            new TrainingListener() {
              @Override
              public void stepped(
                  int epoch, int step, int of, long rows, double loss, double norm) {
                if (taken.incrementAndGet() == steps) {
                  inBackground(ExecutorProcess::killThis);
                }
              }
            });
    spark.stop();
  }

  private void train(String name, String suffix, String data, TrainingListener listener) {
    new TrainJob(spark, config(name, suffix, data), "test", line -> {}).run(listener);
  }

  private JobConfig config(String name, String suffix, String data) {
    String model = directory.resolve(name).toString();
    return JobConfigReader.read(
        SameBitsCase.config(directory, name),
        List.of("output.model=" + model + suffix, "output.data=" + model + data + ".data"));
  }

  private void observe(String key, long value) {
    SameBitsCase.observe(directory, key, value);
  }

  private void settle() {
    try {
      context.sc().listenerBus().waitUntilEmpty();
    } catch (java.util.concurrent.TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Steps of so many tasks, their sums merged in a tree of the given depth. The driver's limit on
   * results, in force until the first step is over, is what leaves no other choice.
   */
  private void trees(String suffix, int tasks, int depth) {
    String limit = context.sc().conf().get("spark.driver.maxResultSize");
    context.sc().conf().set("spark.default.parallelism", String.valueOf(tasks));
    if (depth > 1) {
      context.sc().conf().set("spark.driver.maxResultSize", limitFor(tasks, depth) + "b");
    }
    settle();
    events.forgetSizes();
    AtomicInteger stages = new AtomicInteger();
    train(
        SameBitsCase.DECAY,
        suffix,
        "-processes",
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, int of, long rows, double loss, double norm) {
            context.sc().conf().set("spark.driver.maxResultSize", limit);
            if (epoch == 0 && step == 1) {
              settle();
              events.forgetSizes();
            } else if (epoch == 0 && step == SameBitsCase.STEPS_PER_EPOCH - 1) {
              settle();
              stages.set(events.mostStages());
            }
          }
        });
    context.sc().conf().remove("spark.default.parallelism");
    observe(suffix.substring(1) + ".stages", stages.get());
    observe(suffix.substring(1) + ".tasks", events.mostTasks());
  }

  /** The mean of the two limits between which a depth is the least that fits. */
  private long limitFor(int tasks, int depth) {
    JobConfig config = config(SameBitsCase.DECAY, "", "-processes");
    EncodedDataSet data = new DataSetEncoder().encode(spark, config, config.output().data());
    DataSetManifest manifest = data.manifest();
    RowSummary rows =
        data.partitions(Split.TRAIN, 1)
            .map(RowSummary::of)
            .fold(RowSummary.none(), RowSummary::merge);
    Destine network = new Destine(config.model(), manifest.fields());
    TreeDepth tree = TreeDepth.of(context.getConf(), config.train(), network.layout(), rows);
    long low = 1;
    long high = Integer.MAX_VALUE;
    // Least limit that allows the depth.
    while (low < high) {
      long middle = (low + high) / 2;
      int found = new TreeDepth(tree.bytesPerTask(), middle).applyAsInt(tasks);
      if (found <= depth) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low + low / 4;
  }

  /** An executor is killed while a task of a step runs on it; another one takes its place. */
  private void killed() {
    settle();
    int before = events.lost();
    AtomicInteger replaced = new AtomicInteger();
    train(
        SameBitsCase.DECAY,
        "-killed",
        "-processes",
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, int of, long rows, double loss, double norm) {
            if (epoch == 0 && step == 6) {
              killInTheNextStep();
            } else if (epoch == 0 && step == 7) {
              ClusterEvents.await("a task is lost", () -> events.lost() > before);
              ClusterEvents.await("a replacement joins", () -> !joined().isEmpty());
              replaced.set(step);
            }
          }
        });
    settle();
    observe("killed.lost", events.lost() - before);
    observe("killed.removed", events.removed());
    observe("killed.replaced-after-step", replaced.get());
    observe("killed.tasks-of-replacement", events.succeeded(joined().iterator().next()));
  }

  /** Executors beyond the first two. */
  private Set<String> joined() {
    Set<String> joined = new TreeSet<>(events.added());
    joined.removeAll(Set.of("0", "1"));
    return joined;
  }

  private void killInTheNextStep() {
    settle();
    int before = events.started("1");
    ExecutorProcess executor = ExecutorProcess.find("1");
    executor.stop();
    inBackground(
        () -> {
          ClusterEvents.await("the executor has a task", () -> events.started("1") > before);
          executor.kill();
        });
  }

  private static void inBackground(Runnable work) {
    Thread thread = new Thread(work, "signals");
    thread.setDaemon(true);
    thread.start();
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

    void join(int cores) {
      int number = workers.size() + 1;
      workers.add(
          Worker.startRpcEnvAndEndpoint(
              "127.0.0." + number,
              0,
              0,
              cores,
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

  private static void machines(Path directory) {
    try (Machines machines = new Machines(directory)) {
      machines.join(2);
      SparkSession spark = session(machines.url()).getOrCreate();
      try {
        new ClusterRuns(directory, spark).late(machines);
      } finally {
        spark.stop();
      }
      // Data in a stopped executor's memory are not waited for.
      spark =
          session(machines.url())
              .config("spark.cores.max", "3")
              .config("spark.scheduler.minRegisteredResourcesRatio", "1.0")
              .config("spark.locality.wait", "0")
              .config("spark.speculation", "true")
              .config("spark.speculation.interval", "20ms")
              .config("spark.speculation.quantile", "0.5")
              .config("spark.speculation.multiplier", "1.5")
              .getOrCreate();
      try {
        new ClusterRuns(directory, spark).slow();
      } finally {
        spark.stop();
      }
    }
  }

  /** A machine joins in the first epoch; from the second on it has tasks. */
  private void late(Machines machines) {
    AtomicInteger joined = new AtomicInteger(-1);
    ClusterEvents.await(
        "the first executor joins", () -> context.sc().getExecutorIds().size() == 1);
    train(
        SameBitsCase.DECAY,
        "-late",
        "-late",
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, int of, long rows, double loss, double norm) {
            if (epoch == 0 && step == 5) {
              machines.join(1);
              ClusterEvents.await("another executor joins", () -> events.added().contains("1"));
              joined.set(step);
            }
          }
        });
    settle();
    observe("late.joined-after-step", joined.get());
    observe("late.tasks", events.succeeded("1"));
  }

  /** An executor stands still in some steps until a copy of its task has been launched. */
  private void slow() {
    AtomicInteger stops = new AtomicInteger();
    train(
        SameBitsCase.DECAY,
        "-slow",
        "-late",
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, int of, long rows, double loss, double norm) {
            if (step % 7 == 3) {
              slowDown(String.valueOf(stops.getAndIncrement() % 2));
            }
          }
        });
    settle();
    observe("slow.stops", stops.get());
    observe("slow.copies", events.speculative());
  }

  private void slowDown(String id) {
    settle();
    int before = events.speculative();
    ExecutorProcess executor = ExecutorProcess.find(id);
    executor.stop();
    inBackground(
        () -> {
          try {
            ClusterEvents.await("a copy of a task starts", () -> events.speculative() > before);
          } finally {
            executor.carryOn();
          }
        });
  }
}
