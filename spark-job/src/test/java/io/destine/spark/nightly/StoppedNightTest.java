package io.destine.spark.nightly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.spark.report.RunResult;
import io.destine.testing.Full;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A night that stopped after a checkpoint, and whose settings or input have changed at the next
 * call.
 */
class StoppedNightTest {
  private static final String CHECKPOINTS = "checkpoint.steps=4";

  @TempDir static Path directory;

  private static int copies;
  private Nights nights;

  @BeforeAll
  static void stop() throws IOException {
    Nights before = new Nights(directory, "before");
    before.days(0, 1, 2);
    ClickDays.write(before.logs, 3, 500, 0.8, 0.2);
    before.firstNight();
    Nights stopped = copy("before", "stopped");
    assertThatThrownBy(
            () -> stopped.job(stoppingAt(7), CHECKPOINTS).run(ClickDays.day(3), Nights.PLAIN))
        .hasMessageContaining("stopped");
    assertThat(checkpoints(stopped)).isDirectory();
  }

  @BeforeEach
  void goOn() throws IOException {
    nights = copy("stopped", "model" + ++copies);
  }

  private static Nights copy(String from, String to) throws IOException {
    Path source = directory.resolve(from);
    try (var files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(to).resolve(source.relativize(file).toString()));
      }
    }
    return new Nights(directory, to);
  }

  private static Path checkpoints(Nights nights) {
    return nights.model.resolve("models/" + ClickDays.day(3) + ".checkpoints");
  }

  private static TrainingListener stoppingAt(int last) {
    return new TrainingListener() {
      private int steps;

      @Override
      public void stepped(int epoch, int step, int of, long rows, double loss) {
        if (++steps == last) {
          throw new IllegalStateException("stopped");
        }
      }
    };
  }

  private void assertRunsAnew(String reason, String... overrides) throws IOException {
    RunRecord run = nights.run(3, overrides);
    assertThat(run.result()).as(run.reasons()).isEqualTo(RunResult.PROMOTED);
    assertThat(nights.log.stream().filter(line -> line.contains("discarded")).toList())
        .singleElement()
        .asString()
        .contains(reason);
    assertThat(nights.log).noneMatch(line -> line.startsWith("resumed"));
    assertThat(checkpoints(nights)).doesNotExist();
    Nights undisturbed = copy("before", "undisturbed" + copies);
    undisturbed.run(3, overrides);
    assertThat(nights.digests(ClickDays.day(3).toString()))
        .isEqualTo(undisturbed.digests(ClickDays.day(3).toString()));
  }

  /** Stopped in the second of its two epochs, of which the report then knows both. */
  @Test
  void theReportHasTheEpochsBeforeItStopped() throws IOException {
    Nights whole = copy("before", "whole");
    JsonNode expected = whole.run(3, CHECKPOINTS).report().json().path("learning");
    Nights second = copy("before", "second");
    assertThatThrownBy(
            () -> second.job(stoppingAt(6), CHECKPOINTS).run(ClickDays.day(3), Nights.PLAIN))
        .hasMessageContaining("stopped");
    RunRecord run = second.run(3, CHECKPOINTS);
    assertThat(second.log).anyMatch(line -> line.contains(": epoch 2, step "));
    for (String figure : List.of("epoch", "train_loss", "validation_log_loss", "learning_rate")) {
      assertThat(run.report().json().path("learning").findValuesAsText(figure))
          .hasSize(2)
          .isEqualTo(expected.findValuesAsText(figure));
    }
  }

  @Full
  @Test
  void otherSettingsDiscardItsCheckpoint() throws IOException {
    assertRunsAnew("train.learning-rate", CHECKPOINTS, "nightly.learning-rate=0.03");
  }

  @Full
  @Test
  void otherRowsDiscardItsCheckpoint() throws IOException {
    Path other = directory.resolve("other");
    ClickDays.write(other, 3, 550, 0.8, 0.2);
    assertRunsAnew("other encoded rows", CHECKPOINTS, "nightly.input=" + other + "/day={date}");
  }

  @Full
  @Test
  void anotherDecayDiscardsItsCheckpoint() throws IOException {
    assertRunsAnew(
        "other encoded rows", CHECKPOINTS, "nightly.decay-after-days=1", "nightly.decay=0.5");
  }

  @Full
  @Test
  void aDamagedCheckpointIsDiscarded() throws IOException {
    try (var files = Files.walk(checkpoints(nights))) {
      for (Path file : files.filter(f -> f.endsWith("manifest.json")).toList()) {
        Files.writeString(file, "{");
      }
    }
    assertRunsAnew("manifest", CHECKPOINTS);
  }
}
