package io.destine.spark.train;

import io.destine.spark.app.Main;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.SparkSession;

/**
 * Trainings of {@link SameBitsCase} in a JVM whose cluster nobody else uses; the test that starts
 * it compares what they leave. Models have the name of the configuration and that of the run.
 */
public final class ClusterRuns {
  private ClusterRuns() {}

  /**
   * Runs "commands DIRECTORY SUFFIX NAME...", "processes DIRECTORY", "owned DIRECTORY", "machines
   * DIRECTORY", "dynamic DIRECTORY", "chaos DIRECTORY PORT TRAINING OWNERS", "slow-executor
   * DIRECTORY" or "resumed DIRECTORY MASTER STEP".
   */
  public static void main(String[] arguments) throws IOException {
    loadShippedSettings();
    Path directory = Path.of(arguments[1]);
    switch (arguments[0]) {
      case "commands" ->
          commands(directory, arguments[2], Arrays.asList(arguments).subList(3, arguments.length));
      case "processes" -> ProcessRuns.all(directory);
      case "owned" -> OwnedRuns.all(directory);
      case "machines" -> MachineRuns.all(directory);
      case "dynamic" -> DynamicRuns.all(directory);
      case "chaos" ->
          ChaosDriver.run(
              directory,
              Integer.parseInt(arguments[2]),
              Integer.parseInt(arguments[3]),
              arguments[4]);
      case "slow-executor" -> SlowExecutorRuns.all(directory);
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
    String data = "output.data=" + SameBitsCase.data(directory, suffix);
    for (String name : names) {
      String model = directory.resolve(name + suffix).toString();
      String config = SameBitsCase.config(directory, name).toString();
      Main.main(
          new String[] {
            "train", "--config", config, "--set", "output.model=" + model, "--set", data
          });
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

  /**
   * Resumes from the last checkpoint, if any; after {@code steps} steps, waits for a new checkpoint
   * and kills itself; with 0 steps, trains to the end.
   */
  private static void resumed(Path directory, String master, int steps) {
    SparkSession spark = ObservedCluster.session(ObservedCluster.settings(master));
    String model = directory.resolve(SameBitsCase.DECAY + "-resumed").toString();
    Path checkpoints = Path.of(model + ".checkpoints");
    String first = newest(checkpoints);
    AtomicInteger taken = new AtomicInteger();
    resume(
        spark,
        directory,
        List.of("output.model=" + model),
        () -> {
          if (taken.incrementAndGet() == steps) {
            ClusterEvents.await(
                "a checkpoint is in place", () -> newest(checkpoints).compareTo(first) > 0);
            ObservedCluster.inBackground(SignalledProcess.current()::kill);
          }
        });
    spark.stop();
  }

  private static String newest(Path checkpoints) {
    String[] names =
        checkpoints.toFile().list((d, name) -> CheckpointStore.NAME.matcher(name).matches());
    return names == null ? "" : Arrays.stream(names).max(String::compareTo).orElse("");
  }

  /** A training with a checkpoint every three steps, which goes on from the last one there is. */
  static void resume(
      SparkSession spark, Path directory, List<String> outputs, Runnable afterEachStep) {
    List<String> settings = new ArrayList<>(outputs);
    settings.add("checkpoint.steps=3");
    JobConfig config =
        JobConfigReader.read(SameBitsCase.config(directory, SameBitsCase.DECAY), settings);
    new TrainJob(spark, config, "test", System.err::println)
        .run(
            true,
            new TrainingListener() {
              @Override
              public void stepped(int epoch, int step, int of, long rows, double loss) {
                afterEachStep.run();
              }
            });
  }
}
