package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.train.HeldFileSystem;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.util.SparkUncaughtExceptionHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands in processes of their own that get the signal of Ctrl-C. */
class InterruptedCommandTest {
  private static final long SECONDS = 180;

  @TempDir Path directory;

  /** How the process takes SIGINT. */
  private String signal = "--default-signal=INT";

  private Process start(Path err, int rows, String... more) throws IOException {
    return start(Main.class, err, rows, more);
  }

  private Process start(Class<?> main, Path err, int rows, String... more) throws IOException {
    StringBuilder csv = new StringBuilder("clicked,user,item\n");
    for (int n = 0; n < rows; n++) {
      csv.append(n % 3 == 0 ? 1 : 0).append(",u").append(n % 71).append(",i").append(n % 97);
      csv.append('\n');
    }
    Path table = Files.writeString(directory.resolve("clicks.csv"), csv);
    Path config =
        Files.writeString(
            directory.resolve("job.conf"),
            """
            source.path = "%s"
            label = clicked
            model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
            train { batch-size = 64, epochs = 100000, plateau-cuts = 1000 }
            train { blocks-per-step = 2 }
            checkpoint.steps = 50
            output.model = "%s"
            """
                .formatted(table, directory.resolve("model")));
    // The signal's default action: background processes of scripts inherit that it is ignored.
    List<String> command = new ArrayList<>(List.of("env", signal));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "--add-modules=jdk.incubator.vector"));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(a -> a.startsWith("--add-opens") || a.startsWith("-Djdk.reflect"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-Dlog4j2.configurationFile=" + Path.of("../conf/log4j2.properties").toUri(),
            "-Dspark.master=local[2]",
            "-Dspark.ui.enabled=false",
            "-Dspark.sql.shuffle.partitions=2",
            "-Dspark.hadoop.fs.held.impl=" + HeldFileSystem.class.getName(),
            "-Dspark.driver.host=127.0.0.1",
            "-Dspark.driver.bindAddress=127.0.0.1",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(List.of(more[0], "--config", config.toString()));
    command.addAll(List.of(more).subList(1, more.length));
    return new ProcessBuilder(command)
        .redirectError(err.toFile())
        .redirectOutput(directory.resolve("out").toFile())
        .start();
  }

  /** Sends a process the signal when there is a file of the prefix, and returns what it wrote. */
  private String interrupted(Process process, Path err, String prefix) throws Exception {
    String pid = String.valueOf(process.pid());
    return ended(
        process, err, prefix, () -> new ProcessBuilder("kill", "-INT", pid).start().waitFor());
  }

  /** Does something when there is a file of the prefix, and returns what the process wrote. */
  private String ended(Process process, Path err, String prefix, Callable<?> how) throws Exception {
    try {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      while (!exists(prefix)) {
        assertThat(process.isAlive()).as(Files.readString(err)).isTrue();
        assertThat(System.nanoTime()).as(Files.readString(err)).isLessThan(end);
        Thread.sleep(20);
      }
      how.call();
      assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
      return Files.readString(err);
    } finally {
      process.destroyForcibly();
    }
  }

  private boolean exists(String prefix) throws IOException {
    try (Stream<Path> files = Files.walk(directory, 2)) {
      return files.anyMatch(file -> directory.relativize(file).toString().startsWith(prefix));
    } catch (java.io.UncheckedIOException e) {
      return false;
    }
  }

  private static void assertOneLineAtTheEnd(String err, String start) {
    List<String> stopped = err.lines().filter(line -> line.contains("stopped by")).toList();
    assertThat(stopped).as(err).singleElement().asString().startsWith(start);
    assertThat(err.lines().reduce((a, b) -> b)).as(err).contains(stopped.get(0));
    // Storage of a test says before the training that it cannot hold a lock.
    String rest =
        err.lines()
            .filter(line -> !line.contains("storage cannot hold a lock"))
            .collect(Collectors.joining("\n"));
    assertThat(rest)
        .doesNotContain("\tat ")
        .doesNotContain(" ERROR ", " WARN ", "error: ", "warning: ");
  }

  @Test
  void aTrainingSaysWhatItKeepsAndGoesOnFromIt() throws Exception {
    Path err = directory.resolve("err");
    Process process = start(err, 4000, "train");
    String said = interrupted(process, err, "model.checkpoints/step-");
    assertThat(process.exitValue()).isEqualTo(130);
    assertOneLineAtTheEnd(said, "stopped by a signal; the checkpoint after step ");
    assertThat(said)
        .contains(
            "is kept in "
                + directory.resolve("model.checkpoints")
                + ": the same command with --resume goes on from it");
    assertThat(directory.resolve("out")).isEmptyFile();

    Path again = directory.resolve("again");
    Process resumed = start(again, 4000, "train", "--resume", "--set", "train.epochs=1");
    assertThat(resumed.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(resumed.exitValue()).as(Files.readString(again)).isZero();
    assertThat(again).content().contains("resumed from");
  }

  /** As a scheduler or a script with & starts it. */
  @Test
  void whereTheParentIgnoresTheSignalOfCtrlCThatOfTheSystemEndsIt() throws Exception {
    signal = "--ignore-signal=INT";
    Path err = directory.resolve("err");
    Process process = start(err, 4000, "train");
    String pid = String.valueOf(process.pid());
    String said =
        ended(
            process,
            err,
            "model.checkpoints/step-",
            () -> {
              new ProcessBuilder("kill", "-INT", pid).start().waitFor();
              Thread.sleep(500);
              assertThat(process.isAlive()).isTrue();
              return new ProcessBuilder("kill", "-TERM", pid).start().waitFor();
            });
    assertThat(process.exitValue()).isEqualTo(143);
    assertOneLineAtTheEnd(said, "stopped by a signal; the checkpoint after step ");
  }

  /**
   * A command whose checkpoint 50 steps after that of its first epoch is never written to its end.
   */
  static final class Held {
    public static void main(String[] arguments) {
      HeldFileSystem.hold(path -> path.contains("step-0000000103") && path.contains("manifest"));
      Main.main(arguments);
    }
  }

  @Test
  void aCheckpointThatIsBeingWrittenIsNotSaidToBeKept() throws Exception {
    Path err = directory.resolve("err");
    String[] command = {
      "train", "--set", "output.model=held:" + directory.resolve("model"),
    };
    Process process = start(Held.class, err, 4000, command);
    String said = interrupted(process, err, "model.checkpoints/.step-0000000103.new");
    assertThat(process.exitValue()).isEqualTo(130);
    assertOneLineAtTheEnd(said, "stopped by a signal; the checkpoint after step 53 is kept in ");
    assertThat(directory.resolve("model.checkpoints/step-0000000053")).exists();
    assertThat(directory.resolve("model.checkpoints/step-0000000103")).doesNotExist();
  }

  /** A command in a process in which a thread, one of Spark's as it were, runs out of memory. */
  static final class ShortOfMemory {
    public static void main(String[] arguments) {
      Path now = Path.of(arguments[2]).resolveSibling("no-memory");
      Thread thread =
          new Thread(
              () -> {
                while (!Files.exists(now)) {
                  LockSupport.parkNanos(10_000_000);
                }
                throw new OutOfMemoryError("a test");
              });
      thread.setUncaughtExceptionHandler(new SparkUncaughtExceptionHandler(true));
      thread.setDaemon(true);
      thread.start();
      Main.main(arguments);
    }
  }

  @Test
  void aLackOfMemoryIsNotCalledASignal() throws Exception {
    Path err = directory.resolve("err");
    Process process = start(ShortOfMemory.class, err, 4000, "train");
    String said =
        ended(
            process,
            err,
            "model.checkpoints/step-",
            () -> Files.createFile(directory.resolve("no-memory")));
    assertThat(process.exitValue()).as("what Spark ends with").isEqualTo(52);
    assertThat(said)
        .contains("OutOfMemoryError: a test")
        .containsPattern(
            "stopped by an error of the process, named above, most often a lack of memory, of which"
                + " --driver-memory gives more; the checkpoint after step \\d+ is kept")
        .doesNotContain("signal");
  }

  @Test
  void anEncodingSaysThatNothingIsKept() throws Exception {
    Path err = directory.resolve("err");
    Process process = start(err, 400_000, "encode");
    String said = interrupted(process, err, ".model.data.new-");
    assertThat(process.exitValue()).isEqualTo(130);
    assertOneLineAtTheEnd(said, "stopped by a signal; run the same command again");
  }
}
