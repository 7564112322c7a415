package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.spark.ModelDigests;
import io.destine.spark.SharedSpark;
import io.destine.spark.nightly.ClickDays;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileUtil;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The shipped jar on HDFS and YARN of this machine, by the scripts that users run. Needs the jar,
 * so it runs after the package phase:
 *
 * <pre>
 *   mvn -B verify -Dtest=YarnClusterTest -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
@Tag("yarn")
@Full
class YarnClusterTest {
  private static final Path SCRIPTS = Path.of("..", "submit-scripts").toAbsolutePath().normalize();
  private static final Path CLUSTER = Path.of("target", "pseudo-cluster").toAbsolutePath();
  private static final Path LOGS = CLUSTER.resolve("yarn/logs");
  private static final int ROWS = 12_000;
  private static final int EPOCHS = 6;
  private static final long SECONDS = 600;

  @TempDir static Path directory;

  private record Run(int code, String out, String err) {}

  @BeforeAll
  static void startClusterWithTheTable() throws IOException {
    run("pseudo-cluster.sh", "stop", "--dir", CLUSTER.toString());
    FileUtil.fullyDelete(CLUSTER.toFile());
    Run started =
        run("pseudo-cluster.sh", "start", "--dir", CLUSTER.toString(), "--memory", "6144");
    assertThat(started.code()).as(started.err()).isZero();
    assertThat(started.out()).contains("export HADOOP_CONF_DIR=" + CLUSTER + "/conf");
    writeTable();
    hadoop("-mkdir", "-p", "data");
    hadoop("-put", path("clicks.csv"), "data/clicks.csv");
    trainInLocalMode();
  }

  private static void trainInLocalMode() {
    SharedSpark.session();
    int code =
        Main.execute(
            "train",
            "--config",
            path("job.conf"),
            "--set",
            "source.path=" + path("clicks.csv"),
            "--set",
            "output.model=" + path("local"));
    assertThat(code).isZero();
  }

  @AfterAll
  static void stopCluster() throws IOException {
    Run stopped = run("pseudo-cluster.sh", "stop", "--dir", CLUSTER.toString());
    assertThat(stopped.code()).as(stopped.err()).isZero();
    assertThat(run("pseudo-cluster.sh", "status", "--dir", CLUSTER.toString()).code()).isEqualTo(3);
    assertThat(containers("")).isEmpty();
  }

  private static void writeTable() throws IOException {
    CounterRandom random = CounterRandom.of(5, Purpose.SPLIT);
    StringBuilder csv = new StringBuilder("clicked,user,item\n");
    for (int n = 0; n < ROWS; n++) {
      int user = random.below(500, 3L * n);
      int item = random.below(80, 3L * n + 1);
      boolean click = random.uniform(3L * n + 2) < ((user + item) % 2 == 0 ? 0.8 : 0.2);
      csv.append(click ? "1,u" : "0,u").append(user).append(",i").append(item).append('\n');
    }
    Files.writeString(directory.resolve("clicks.csv"), csv);
    Files.writeString(
        directory.resolve("base.conf"),
        """
        source { path = "data/clicks.csv", format = csv, header = true }
        label = clicked
        fields = [user, item]
        model { embedding-dim = 8, heads = 2, head-dim = 4, layers = 1, wide = true, deep = [8] }
        train { batch-size = 128, epochs = %d, plateau-cuts = 0, blocks-per-step = 8 }
        output { model = "runs/yarn" }
        """
            .formatted(EPOCHS));
    Files.writeString(
        directory.resolve("job.conf"),
        "include \"base.conf\"\ntrain { embedding-l2 = 1e-4, learning-rate = 0.005 }\n");
  }

  private static String path(String name) {
    return directory.resolve(name).toString();
  }

  /** Two executors of one core; one dies with the process of its container while epochs pass. */
  @ParameterizedTest
  @ValueSource(strings = {"driver", "auto"})
  void aTrainingThatLosesAnExecutorEndsInTheBitsOfLocalMode(String owners) throws Exception {
    String model = "yarn-" + owners;
    List<String> command =
        cluster(
            "2",
            "train",
            "--config",
            path("job.conf"),
            "--set",
            "compute.owners=" + owners,
            "--set",
            "output.model=runs/" + model);
    Optional<Path> before = driverLog();
    Process submit = start(command, "train");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (driverLog().equals(before)
        || driverOutput().lines().noneMatch(line -> line.startsWith("epoch 1/"))) {
      assertThat(submit.isAlive()).as(read("train.err") + driverOutput()).isTrue();
      assertThat(System.nanoTime()).as("a first epoch: " + driverOutput()).isLessThan(end);
      Thread.sleep(20);
    }
    List<ProcessHandle> victims = containers("_000002");
    assertThat(victims).isNotEmpty();
    victims.forEach(ProcessHandle::destroyForcibly);
    assertThat(driverOutput()).doesNotContain("epoch " + EPOCHS + "/");
    Run train = end(submit, "train");
    assertThat(train.code()).as(train.err() + driverOutput()).isZero();
    assertThat(driverOutput()).contains("Lost executor");
    assertThat(driverOutput()).contains("kernel vector");

    hadoop("-get", "runs/" + model, path(model));
    assertThat(tensors(model)).isEqualTo(tensors("local"));
    assertThat(tensors(model)).hasSizeGreaterThan(2);
    assertThat(vocabulary(model)).isEqualTo(vocabulary("local"));
  }

  @Test
  void aMistakeThatOnlyTheDriverSeesReachesTheUserAsOneLineAndTheExitCode() throws Exception {
    List<String> command =
        cluster("1", "encode", "--config", path("job.conf"), "--set", "label=clickd");
    Run run = end(start(command, "mistake"), "mistake");
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.err()).contains("error: column \"clickd\" (label) not found in ");
    assertThat(run.err()).doesNotContain("\tat ").doesNotContain("SparkException");
  }

  /**
   * The first night's model, whose tables an executor owns, has the bits of local mode; the gate's
   * refusal is exit code 3.
   */
  @Test
  void nightsRunOnTheCluster() throws Exception {
    Path logs = directory.resolve("logs");
    for (int day = 0; day <= 3; day++) {
      ClickDays.write(logs, day);
    }
    hadoop("-put", logs.toString(), "logs");
    Files.writeString(
        directory.resolve("night.conf"), ClickDays.configuration("logs", "runs/night"));
    String first = ClickDays.day(2).toString();
    Run night = end(start(night("--date", first), "night"), "night");
    assertThat(night.code()).as(night.err() + driverOutput()).isZero();
    Run refused =
        end(
            start(
                night(
                    "--backfill",
                    first,
                    ClickDays.day(3).toString(),
                    "--set",
                    "nightly.gate.min-calibration=1.9"),
                "refused"),
            "refused");
    assertThat(refused.code()).as(refused.err() + driverOutput()).isEqualTo(3);
    assertThat(driverOutput())
        .contains(first + ": already finished, PUBLISHED")
        .contains("is below 1.9");

    hadoop("-get", "runs/night", path("night"));
    assertThat(Files.readString(directory.resolve("night/published/000001.json"))).contains(first);
    assertThat(directory.resolve("night/runs/" + first + "/report.html")).isNotEmptyFile();
    SharedSpark.session();
    int local =
        Main.execute(
            "nightly",
            "--config",
            path("night.conf"),
            "--date",
            first,
            "--set",
            "nightly.input=" + logs + "/day={date}",
            "--set",
            "output.model=" + path("local-night"));
    assertThat(local).isZero();
    assertThat(tensors("night/models/" + first)).isEqualTo(tensors("local-night/models/" + first));
  }

  private static List<String> night(String... words) {
    return cluster(
        "1",
        Stream.concat(Stream.of("nightly", "--config", path("night.conf")), Stream.of(words))
            .toArray(String[]::new));
  }

  private static List<String> cluster(String executors, String... command) {
    List<String> words = new ArrayList<>(List.of(SCRIPTS.resolve("submit-yarn.sh").toString()));
    words.addAll(List.of("--deploy-mode", "cluster", "--num-executors", executors));
    words.addAll(List.of("--driver-memory", "1g", "--executor-memory", "512m"));
    words.addAll(List.of("--executor-cores", "1", "--conf", "spark.sql.shuffle.partitions=4"));
    String options = "JDK_JAVA_OPTIONS=" + System.getenv("JDK_JAVA_OPTIONS");
    words.addAll(List.of("--conf", "spark.yarn.appMasterEnv." + options));
    words.addAll(List.of("--conf", "spark.executorEnv." + options));
    words.addAll(List.of(command));
    return words;
  }

  private static void hadoop(String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of("pseudo-cluster.sh", "fs"));
    command.addAll(List.of(words));
    Run run = run(command.toArray(String[]::new));
    assertThat(run.code()).as(run.err()).isZero();
  }

  private static Run run(String script, String... arguments) throws IOException {
    return run(Stream.concat(Stream.of(script), Stream.of(arguments)).toArray(String[]::new));
  }

  private static Run run(String[] words) throws IOException {
    List<String> command = new ArrayList<>(List.of(words));
    command.set(0, SCRIPTS.resolve(words[0]).toString());
    return end(start(command, "command"), "command");
  }

  private static Process start(List<String> command, String name) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.remove("SPARK_HOME");
    environment.put("HADOOP_CONF_DIR", CLUSTER.resolve("conf").toString());
    environment.put("DESTINE_JAR", System.getProperty("destine.jar"));
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    return builder
        .redirectOutput(directory.resolve(name + ".out").toFile())
        .redirectError(directory.resolve(name + ".err").toFile())
        .start();
  }

  private static Run end(Process process, String name) throws IOException {
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroy();
        throw new AssertionError(
            name + " must end within " + SECONDS + " s: " + read(name + ".err"));
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
    return new Run(process.exitValue(), read(name + ".out"), read(name + ".err"));
  }

  private static String read(String name) throws IOException {
    return Files.readString(directory.resolve(name));
  }

  /** What the driver of the last application has printed so far. */
  private static String driverOutput() throws IOException {
    Optional<Path> driver = driverLog();
    return driver.isEmpty() ? "" : Files.readString(driver.get(), StandardCharsets.UTF_8);
  }

  /** Where the driver of the newest application prints. */
  private static Optional<Path> driverLog() throws IOException {
    return containerLogs().stream()
        .filter(log -> log.toString().endsWith("_000001"))
        .map(log -> log.resolve("stderr"))
        .filter(Files::isRegularFile)
        .reduce((first, second) -> second);
  }

  /** Directories of the output of all containers, in the order of their names. */
  private static List<Path> containerLogs() throws IOException {
    if (!Files.isDirectory(LOGS)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.walk(LOGS, 2)) {
      return paths
          .filter(p -> p.getFileName().toString().startsWith("container_"))
          .sorted()
          .toList();
    }
  }

  /** The processes running in containers whose id has the given suffix. */
  private static List<ProcessHandle> containers(String suffix) {
    return ProcessHandle.allProcesses()
        .filter(
            process -> {
              try {
                Path cwd = Path.of("/proc/" + process.pid() + "/cwd").toRealPath();
                return cwd.startsWith(CLUSTER.resolve("yarn/local"))
                    && cwd.toString().endsWith(suffix);
              } catch (IOException gone) {
                return false;
              }
            })
        .toList();
  }

  private static Map<String, String> tensors(String model) {
    return ModelDigests.of(directory.resolve(model), name -> name.endsWith(".safetensors"));
  }

  private static String vocabulary(String model) {
    return ModelDigests.ofVocabulary(directory.resolve(model));
  }
}
