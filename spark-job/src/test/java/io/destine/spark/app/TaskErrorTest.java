package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.testing.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors of the JVM in tasks and in threads of Spark end a command as any failure does. */
class TaskErrorTest {
  private static final String MEMORY = "error: out of memory; give the driver more, such as ";

  @TempDir Path directory;

  private String run(Class<?> main, int rows, String... more) throws Exception {
    Path err = directory.resolve("err");
    Process process = process().start(main, err, rows, more);
    String said = CommandProcess.ended(process, err);
    assertThat(process.exitValue()).as(said).isEqualTo(Main.FAILED);
    return said;
  }

  private CommandProcess process() throws IOException {
    Files.createDirectories(directory.resolve("spark"));
    return new CommandProcess(directory, List.of(), "file", ErrantFileSystem.class);
  }

  private String errant(String error) {
    return "-Dspark.hadoop." + ErrantFileSystem.ERROR + "=" + error;
  }

  private String local() {
    return "-Djava.io.tmpdir=" + directory.resolve("spark");
  }

  private static void assertLastLine(String err, String start) {
    assertThat(err.lines().filter(line -> line.contains("error")))
        .as(err)
        .singleElement()
        .asString()
        .startsWith(start);
    assertThat(err.lines().reduce((a, b) -> b).orElseThrow()).as(err).startsWith(start);
    assertThat(err).doesNotContain("\tat ", "signal", " ERROR ", " WARN ", "Exception");
  }

  @Full
  @ParameterizedTest
  @CsvSource({
    "encode, memory, out of memory; give the driver more",
    "train, memory, out of memory; give the driver more",
    "encode, stack, the configuration or an SQL condition is nested too deeply",
    "encode, disk, cannot read or write a local disk: No space left on device; make room",
    "train, disk, cannot read or write a local disk: No space left on device; make room",
  })
  void anErrorInATaskIsOneLineAndAFailure(String command, String error, String line)
      throws Exception {
    String said = run(Main.class, 400, errant(error), local(), command);
    assertLastLine(said, "error: " + line);
    try (Stream<Path> left = Files.list(directory.resolve("spark"))) {
      assertThat(left).as("Spark's directories").isEmpty();
    }
  }

  @Full(from = 2)
  @ParameterizedTest
  @CsvSource({
    "-Xmx200m, error: the driver has, give it more; such as --driver-memory 2g",
    "-Dspark.executor.memory=200m, error: an executor has, give executors more; such as --executor-memory 2g",
  })
  void lessMemoryThanSparkStartsWithIsOneLine(String option, String start, String remedy)
      throws Exception {
    String said = run(Main.class, 10, option, "encode");
    assertLastLine(said, start);
    assertThat(said).contains("less than the 450 that Spark needs; " + remedy.replace(';', ','));
  }

  @Full
  @Test
  void theLineSaysWhichCheckpointIsKept() throws Exception {
    Path first = directory.resolve("first");
    Process process = process().start(Main.class, first, 4000, "train");
    CommandProcess.ended(
        process,
        first,
        directory,
        "model.checkpoints/step-",
        () -> new ProcessBuilder("kill", String.valueOf(process.pid())).start().waitFor());

    String said = run(Main.class, 4000, errant("memory"), "train", "--resume");
    assertLastLine(said, MEMORY);
    assertThat(said.strip())
        .containsPattern("; the checkpoint after step \\d+ is kept in ")
        .endsWith("model.checkpoints: the same command with --resume continues from it");
  }

  @Full
  @Test
  void theStackTraceIsPrintedOnRequest() throws Exception {
    String said = run(Main.class, 400, errant("memory"), "encode", "--debug");
    assertThat(said).contains("java.lang.OutOfMemoryError: a test", "\tat ").contains(MEMORY);
  }

  /** A command in a process with a thread that runs out of memory, like a thread of Spark. */
  static final class ShortOfMemory {
    public static void main(String[] arguments) {
      Path checkpoints = Path.of(arguments[2]).resolveSibling("model.checkpoints");
      Thread thread =
          new Thread(
              () -> {
                while (!Files.exists(checkpoints)) {
                  LockSupport.parkNanos(10_000_000);
                }
                throw new OutOfMemoryError("a test");
              });
      thread.setDaemon(true);
      thread.start();
      Main.main(arguments);
    }
  }

  @Full
  @Test
  void aLackOfMemoryThatNobodyCatchesIsOneLineToo() throws Exception {
    String said = run(ShortOfMemory.class, 4000, "train");
    assertLastLine(said, MEMORY);
  }
}
