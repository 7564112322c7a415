package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.train.HeldFileSystem;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
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
    return new CommandProcess(directory, List.of("env", signal), "held", HeldFileSystem.class)
        .start(main, err, rows, more);
  }

  /** Sends a process the signal when there is a file of the prefix, and returns what it wrote. */
  private String interrupted(Process process, Path err, String prefix) throws Exception {
    String pid = String.valueOf(process.pid());
    return CommandProcess.ended(
        process,
        err,
        directory,
        prefix,
        () -> new ProcessBuilder("kill", "-INT", pid).start().waitFor());
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

  @Full
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
                + ": the same command with --resume continues from it");
    assertThat(directory.resolve("out")).isEmptyFile();

    Path again = directory.resolve("again");
    Process resumed = start(again, 4000, "train", "--resume", "--set", "train.epochs=1");
    assertThat(resumed.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(resumed.exitValue()).as(Files.readString(again)).isZero();
    assertThat(again).content().contains("resumed from");
  }

  /** As started by a scheduler, or by a script with &. */
  @Full
  @Test
  void whereTheParentIgnoresTheSignalOfCtrlCThatOfTheSystemEndsIt() throws Exception {
    signal = "--ignore-signal=INT";
    Path err = directory.resolve("err");
    Process process = start(err, 4000, "train");
    String pid = String.valueOf(process.pid());
    String said =
        CommandProcess.ended(
            process,
            err,
            directory,
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
   * A command whose checkpoint at step 103, 50 steps after that of its first epoch, is never
   * completed.
   */
  static final class Held {
    public static void main(String[] arguments) {
      HeldFileSystem.hold(path -> path.contains("step-0000000103") && path.contains("manifest"));
      Main.main(arguments);
    }
  }

  @Full
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

  @Full
  @Test
  void anEncodingSaysThatNothingIsKept() throws Exception {
    Path err = directory.resolve("err");
    Process process = start(err, 400_000, "encode");
    String said = interrupted(process, err, ".model.data.new-");
    assertThat(process.exitValue()).isEqualTo(130);
    assertOneLineAtTheEnd(said, "stopped by a signal; run the same command again");
  }
}
