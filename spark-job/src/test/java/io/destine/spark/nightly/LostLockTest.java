package io.destine.spark.nightly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.spark.CheckpointThreads;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.store.LockedException;
import io.destine.spark.store.TakenLock;
import io.destine.spark.train.TreeDigest;
import io.destine.testing.Full;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A night that loses its lock, at any stage, to a run that publishes for the same date: from then
 * on it changes no file.
 */
class LostLockTest {
  private static final LocalDate NIGHT = ClickDays.day(3);

  @TempDir static Path directory;

  @BeforeAll
  static void runTheNightBefore() throws IOException {
    for (int day = 0; day <= 3; day++) {
      ClickDays.write(directory.resolve("logs"), day);
    }
    Path model = directory.resolve("before");
    job(model, line -> {}, Integer.MAX_VALUE, () -> {}).run(ClickDays.day(2), plain());
  }

  private static NightlyJob.Options plain() {
    return new NightlyJob.Options(false);
  }

  private static NightlyJob job(Path model, Consumer<String> log, int steps, Runnable then) {
    return new NightlyJob(
        SharedSpark.session(),
        JobConfigReader.parse(
            ClickDays.configuration(directory.resolve("logs"), model)
                + "checkpoint { steps = 4 }\n",
            List.of()),
        "test",
        log,
        train -> after(steps, then),
        Clock.systemUTC());
  }

  private static TrainingListener after(int steps, Runnable then) {
    return new TrainingListener() {
      private int taken;

      @Override
      public void stepped(int epoch, int step, int of, long rows, double loss) {
        if (++taken == steps) {
          then.run();
        }
      }
    };
  }

  /**
   * The other run takes the lock and publishes for the date; returns the digests of all files then.
   */
  private static Map<String, String> takeOver(Path model) {
    // A checkpoint that is being written has a name of its own, and may grow.
    CheckpointThreads.awaitNone();
    try {
      TakenLock.takeOver(model.resolve("LOCK"));
      Path report = model.resolve("runs/" + NIGHT + "/report.json");
      Files.writeString(report, "{\"run_id\": \"another\", \"result\": \"promoted\"}");
      Files.writeString(
          model.resolve("published/000009.json"),
          """
          {"model": "%s", "date": "%s", "since": "2026-03-04T00:00:00Z", "run": "another"}
          """
              .formatted(NIGHT, NIGHT));
      return TreeDigest.of(model);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> stages() {
    List<String> stages =
        List.of(
            "data:",
            "7",
            "live:",
            "input:",
            "forecast:",
            "warm start from",
            "held-out rows",
            "publishing");
    return stages.subList(0, Full.Tier.size("stages of LostLockTest", stages.size(), 2));
  }

  @ParameterizedTest
  @MethodSource("stages")
  void aNightThatHasLostItsLockWritesNothingMore(String stage) throws IOException {
    Path model = directory.resolve("lost-" + stage.replaceAll("\\W", ""));
    TreeDigest.copy(directory.resolve("before"), model);
    Map<String, String> left = new TreeMap<>();
    Runnable loss = () -> left.putAll(takeOver(model));
    int steps = stage.matches("\\d+") ? Integer.parseInt(stage) : Integer.MAX_VALUE;
    NightlyJob job =
        job(
            model,
            line -> {
              if (line.startsWith(stage)) {
                loss.run();
              }
            },
            steps,
            loss);
    assertThatThrownBy(() -> job.run(NIGHT, plain()))
        .isInstanceOf(LockedException.class)
        .hasMessageStartingWith("lost the lock file:" + model + "/LOCK: it is held by ");
    assertThat(left).isNotEmpty();
    assertThat(TreeDigest.of(model)).isEqualTo(left);
  }
}
