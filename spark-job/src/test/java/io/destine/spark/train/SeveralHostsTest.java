package io.destine.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfigReader;
import io.destine.testing.Full;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shipped jar on two hosts with a network between them, made by {@code hosts.sh}: whatever
 * happens to a host, the files of the model have the bytes of local mode. Needs root and network
 * namespaces, and the jar, so it runs after the package phase:
 *
 * <pre>
 *   mvn -B verify -Dtest=SeveralHostsTest -Dsurefire.failIfNoSpecifiedTests=false
 * </pre>
 */
@Tag("hosts")
@Full
class SeveralHostsTest {
  private static final Path SCRIPTS = Path.of("..", "submit-scripts").toAbsolutePath().normalize();

  /** Other clusters of this machine have other names. */
  private static final String NAME = "test" + ProcessHandle.current().pid();

  private static final int EPOCHS = 24;
  private static final List<String> OVERRIDES =
      List.of("train.epochs=" + EPOCHS, "train.plateau-cuts=0");

  private static final long SECONDS = 240;
  private static final long LOOK_MILLIS = 20;

  @TempDir static Path directory;

  private static Map<String, String> expected;

  @BeforeAll
  static void trainLocallyAndStartHosts() throws Exception {
    Process check = script("check", "check");
    check.waitFor();
    assumeTrue(check.exitValue() != 3, errors("check"));
    assertThat(check.exitValue()).as(errors("check")).isZero();
    SameBitsCase.write(directory);
    List<String> overrides = new ArrayList<>(OVERRIDES);
    overrides.add("output.model=" + directory.resolve("local"));
    new TrainJob(
            SharedSpark.session(),
            JobConfigReader.read(SameBitsCase.config(directory, SameBitsCase.DECAY), overrides),
            "test",
            line -> {})
        .run(new TrainingListener() {});
    expected = SameBitsCase.digests(directory.resolve("local"));
    assertThat(expected).containsKeys("dense.safetensors", "embedding.safetensors");
    end("up", script("up", "up", "2", "--memory", "1024"));
  }

  @AfterAll
  static void nothingIsLeft() throws Exception {
    if (expected == null) {
      return;
    }
    end("down", script("down", "down"));
    assertThat(Path.of("..", "runs", NAME)).doesNotExist();
    try (var namespaces = Files.list(Path.of("/run/netns"))) {
      assertThat(namespaces.filter(path -> path.getFileName().toString().startsWith(NAME)))
          .isEmpty();
    }
  }

  /**
   * A host is cut off for a while, in which no step ends, since each has rows on both hosts. Later
   * it vanishes, and nobody hears of its end: the driver notices that it is silent.
   */
  @Test
  void aHostThatIsCutOffIsWaitedForAndOneThatVanishesIsReplaced() throws Exception {
    Process training =
        training(
            "disturbed",
            "spark.executor.heartbeatInterval=1s",
            "spark.storage.blockManagerHeartbeatTimeoutMs=10s",
            "spark.network.timeoutInterval=1s");
    awaitEpoch(training, "disturbed", 2);
    Process cut = script("cutting", "cut", "1", "4");
    while (!errors("cutting").contains("is cut off")) {
      assertThat(cut.isAlive()).as(errors("cutting")).isTrue();
      Thread.sleep(LOOK_MILLIS);
    }
    // What was on its way has arrived.
    Thread.sleep(1000);
    long before = epochs("disturbed");
    Thread.sleep(2000);
    assertThat(epochs("disturbed")).isEqualTo(before).isLessThan(EPOCHS);
    end("cutting", cut);
    awaitEpoch(training, "disturbed", (int) before + 1);
    assertThat(errors("disturbed")).doesNotContain("Lost executor");
    end("vanishing", script("vanishing", "vanish", "1", "4"));
    assertThat(epochs("disturbed")).isLessThan(EPOCHS);
    end("disturbed", training);
    assertThat(errors("disturbed")).contains("Lost executor");
    assertThat(SameBitsCase.digests(directory.resolve("disturbed"))).isEqualTo(expected);
  }

  /**
   * A host whose rows are lost with it, since it is cut off for longer than Spark waits: others
   * take them over, and nobody listens to it when it is back.
   */
  @Test
  void aHostThatOwnsTableRowsIsLostAndComesBack() throws Exception {
    Process training =
        training(
            "owned",
            List.of("compute.owners=executors", "checkpoint.steps=30"),
            "spark.executor.heartbeatInterval=1s",
            "spark.storage.blockManagerHeartbeatTimeoutMs=10s",
            "spark.network.timeoutInterval=1s");
    awaitEpoch(training, "owned", 4);
    end("owner cut off", script("owner cut off", "cut", "2", "16"));
    assertThat(errors("owned"))
        .contains("which owned table rows, was lost: training resumes from step");
    assertThat(epochs("owned")).isLessThan(EPOCHS);
    end("owned", training);
    assertThat(SameBitsCase.digests(directory.resolve("owned"))).isEqualTo(expected);
  }

  private static Process training(String name, String... settings) throws IOException {
    return training(name, List.of(), settings);
  }

  private static Process training(String name, List<String> overrides, String... settings)
      throws IOException {
    List<String> words = new ArrayList<>(List.of("run", SCRIPTS + "/submit-local.sh"));
    words.addAll(List.of("--master", "spark://10.99.0.1:7077", "--driver-memory", "1g"));
    words.addAll(List.of("--conf", "spark.executor.memory=512m"));
    words.addAll(List.of("--conf", "spark.sql.shuffle.partitions=4"));
    for (String setting : settings) {
      words.addAll(List.of("--conf", setting));
    }
    Path config = SameBitsCase.config(directory, SameBitsCase.DECAY);
    words.addAll(List.of("train", "--config", config.toString()));
    words.addAll(List.of("--set", "output.model=" + directory.resolve(name)));
    Stream.concat(OVERRIDES.stream(), overrides.stream())
        .forEach(override -> words.addAll(List.of("--set", override)));
    return script(name, words.toArray(String[]::new));
  }

  private static void awaitEpoch(Process training, String name, int epoch) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (epochs(name) < epoch) {
      assertThat(training.isAlive()).as(errors(name)).isTrue();
      assertThat(System.nanoTime()).as(errors(name)).isLessThan(end);
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private static long epochs(String name) throws IOException {
    return errors(name).lines().filter(line -> line.matches("epoch .* validation AUC .*")).count();
  }

  private static String errors(String name) throws IOException {
    return Files.readString(directory.resolve(name + ".err"));
  }

  private static Process script(String name, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(SCRIPTS + "/hosts.sh"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.remove("SPARK_HOME");
    environment.put("HOSTS_NAME", NAME);
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    String jar = System.getProperty("destine.jar");
    if (jar != null) {
      environment.put("DESTINE_JAR", jar);
    }
    return builder
        .redirectOutput(directory.resolve(name + ".out").toFile())
        .redirectError(directory.resolve(name + ".err").toFile())
        .start();
  }

  private static void end(String name, Process process) throws Exception {
    boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
    if (!ended) {
      process.destroy();
    }
    assertThat(ended && process.exitValue() == 0).as(name + ": " + errors(name)).isTrue();
  }
}
