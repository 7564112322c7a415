package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailureTest {
  @TempDir Path directory;

  static Stream<Arguments> errors() {
    String lost =
        "Job aborted due to stage failure: Task 1 in stage 3.0 failed 4 times, most recent failure:"
            + " Lost task 1.3 in stage 3.0 (TID 9) (host executor 4): ExecutorLostFailure (executor"
            + " 4 exited caused by one of the running tasks) Reason: ";
    return Stream.of(
        Arguments.of(new OutOfMemoryError("Java heap space"), "--driver-memory"),
        Arguments.of(new StackOverflowError(), "nested too deeply"),
        Arguments.of(
            ofAFullDisk(),
            "cannot read or write a local disk: No space left on device; make room there"),
        Arguments.of(new SparkException(lost + "Command exited with code 52"), "--executor-memory"),
        Arguments.of(
            new SparkException(lost + "Command exited with code 137"),
            "an executor was killed (exit code 137), often for lack of memory"),
        Arguments.of(
            new SparkException(lost + "Container from a bad node. Exit status: 143. Diagnostics:"),
            "an executor was killed (exit code 143)"),
        Arguments.of(
            new SparkException(
                lost + "Container killed by YARN for exceeding memory limits. 1.5 GB"),
            "--executor-memory"),
        Arguments.of(
            new SparkException("Task failed: java.lang.OutOfMemoryError: Java heap space\n\tat x"),
            "--executor-memory"),
        Arguments.of(
            new IllegalStateException("java.lang.OutOfMemoryError: Java heap space"),
            "--executor-memory"));
  }

  /** The error that Hadoop throws for a device without space. */
  private static Throwable ofAFullDisk() {
    return catchThrowable(
        () -> {
          try (OutputStream out = FullDisk.device()) {
            out.write(1);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("errors")
  void whatIsShortIsSaidInOneLineWithARemedy(Throwable error, String remedy) {
    assertThat(error).isNotInstanceOf(IOException.class);
    Failure failure = Failure.of(new IllegalStateException(error));
    assertThat(failure.code()).isEqualTo(Main.FAILED);
    assertThat(failure.foreseen()).isTrue();
    assertThat(failure.problems()).singleElement().asString().contains(remedy);
    assertThat(failure.passing())
        .as("the same command may succeed")
        .isEqualTo(!(error instanceof StackOverflowError));
  }

  @Test
  void aConfigurationThatIsNestedTooDeeplyEndsInOneLine() throws IOException {
    Path config = directory.resolve("deep.conf");
    Files.writeString(config, "a".repeat(1) + " = " + "[".repeat(100_000) + "]".repeat(100_000));
    CommandRun run = CommandRun.of("train", "--config", config.toString());
    assertThat(run.code()).isIn(1, 2);
    assertThat(run.errors()).singleElement().asString().contains("nested too deeply");
    assertThat(run.err()).doesNotContain("\tat ");
  }
}
