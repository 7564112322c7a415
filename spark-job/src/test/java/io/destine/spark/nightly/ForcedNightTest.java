package io.destine.spark.nightly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.feature.EncodedBatch;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.Split;
import io.destine.spark.report.RunResult;
import io.destine.spark.train.TreeDigest;
import io.destine.testing.Full;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nights that are run again, and nights before the newest day of the live model. */
class ForcedNightTest {
  private static final NightlyJob.Options OLDER =
      new NightlyJob.Options(false, NightlyJob.Start.WARM, true);
  private static final String THIRD = ClickDays.day(3).toString();

  @TempDir Path directory;

  /**
   * With the same settings and input the candidate is identical to the live model, which shows that
   * it continued the previous model; it is neither compared with itself nor published, and the
   * report of the first run is unchanged.
   */
  @Full
  @Test
  void aForcedDateThatWouldGiveTheLiveModelAgainChangesNothing() throws IOException {
    Nights nights = new Nights(directory, "model");
    nights.days(0, 1, 2, 3);
    nights.firstNight();
    nights.run(3);
    Path report = nights.model.resolve("runs/" + THIRD + "/report.json");
    String before = Files.readString(report);
    Map<String, String> published = TreeDigest.of(nights.model.resolve("published"));

    NightlyJob.Outcome again = nights.run(3, Nights.FORCED, "nightly.gate.tolerance=0");
    assertThat(again.before()).isTrue();
    assertThat(nights.log)
        .contains("the candidate is identical to the live model " + THIRD + ": nothing to publish");
    assertThat(Files.readString(report)).isEqualTo(before);
    assertThat(published).containsKey("000002.json");
    assertThat(TreeDigest.of(nights.model.resolve("published"))).isEqualTo(published);
    assertThat(nights.model.resolve("models/" + THIRD + ".2")).doesNotExist();
    assertThat(nights.model.resolve("runs/" + THIRD + ".2")).doesNotExist();
  }

  /** The label rates of the live model come from rows on which the candidate is trained again. */
  @Full
  @Test
  void aForcedDateWithLabelRatesGivesTheLiveModelAgain() throws IOException {
    Nights nights = new Nights(directory, "model");
    nights.days(0, 1, 2, 3);
    String[] rated = {"crosses=[[user, item]]", "rates=crosses"};
    for (int day = 2; day <= 3; day++) {
      RunRecord run = nights.run(day, rated);
      assertThat(run.result()).as(run.reasons()).isEqualTo(RunResult.PROMOTED);
      assertThat(nights.run(day, Nights.FORCED, rated).before()).as("day %d", day).isTrue();
    }
  }

  /**
   * Two dates before the first model, whose label rates contain their rows: training rows with one
   * value have the rates of different folds, and there is no forecast. The next date is a usual
   * one.
   */
  @Full
  @Test
  void datesWhoseRowsTheLabelRatesContainTrainWithTheRatesOfOtherRows() throws IOException {
    Nights nights = new Nights(directory, "model");
    nights.days(0, 1, 2, 3);
    String[] rated = {"crosses=[[user, item]]", "rates=crosses", "nightly.first-window-days=2"};
    nights.run(2, rated);
    Map<Integer, Boolean> several = new TreeMap<>();
    Map<Integer, Boolean> forecasts = new TreeMap<>();
    for (int day = 1; day <= 3; day++) {
      String name = ClickDays.day(day) + (day == 2 ? ".2" : "");
      AtomicBoolean differ = new AtomicBoolean();
      TrainingListener first =
          new TrainingListener() {
            @Override
            public void stepped(int epoch, int step, int of, long rows, double loss) {
              if (epoch == 1 && step == 1) {
                differ.set(hasValuesWithSeveralRates(nights.model.resolve("runs/" + name)));
              }
            }
          };
      NightlyJob.Options options = day == 1 ? OLDER : day == 2 ? Nights.FORCED : Nights.PLAIN;
      RunRecord run = nights.job(first, rated).run(ClickDays.day(day), options).run();
      assertThat(run.result()).as(run.reasons()).isEqualTo(RunResult.PROMOTED);
      assertThat(nights.live().name()).isEqualTo(name);
      several.put(day, differ.get());
      forecasts.put(day, run.report().json().has("forecast"));
    }
    assertThat(several).isEqualTo(Map.of(1, true, 2, true, 3, false));
    assertThat(forecasts).isEqualTo(Map.of(1, false, 2, false, 3, true));
  }

  /** The cross is field 2, and its rate field 3. */
  private static boolean hasValuesWithSeveralRates(Path run) {
    EncodedDataSet data = EncodedDataSet.load(SharedSpark.session(), run + "/data");
    assertThat(data.manifest().fields().singles()).isEqualTo(4);
    Map<Integer, Integer> rates = new HashMap<>();
    for (EncodedBatch batch : data.partitions(Split.TRAIN, 1).collect()) {
      for (int n = 0; n < batch.rows(); n++) {
        int rate = batch.ids()[4 * n + 3];
        Integer other = rates.putIfAbsent(batch.ids()[4 * n + 2], rate);
        if (other != null && other != rate) {
          return true;
        }
      }
    }
    assertThat(rates).isNotEmpty();
    return false;
  }

  /** A lost or unreadable report does not make the live model one that may be replaced. */
  @Full
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aForcedDateWhoseReportIsLostLeavesTheLiveModel(boolean lost) throws IOException {
    Nights nights = new Nights(directory, "model");
    nights.days(0, 1, 2);
    nights.firstNight();
    String live = nights.live().name();
    Path report = nights.model.resolve("runs/" + live + "/report.json");
    Files.deleteIfExists(report.resolveSibling("." + report.getFileName() + ".crc"));
    if (lost) {
      Files.delete(report);
    } else {
      Files.writeString(report, "{");
    }
    Map<String, String> bits = nights.digests(live);
    RunRecord again = nights.run(2, Nights.FORCED).run();
    assertThat(again.result()).as(again.reasons()).isEqualTo(RunResult.PROMOTED);
    assertThat(nights.digests(live)).isNotEmpty().isEqualTo(bits);
    assertThat(nights.live().name()).isEqualTo(live);
  }

  @Full
  @Test
  void aListenerIsToldThatTheLiveModelWasFoundAgain() throws IOException {
    Nights nights = new Nights(directory, "model");
    nights.days(0, 1, 2);
    nights.firstNight();
    List<RunRecord> ended = new ArrayList<>();
    NightListener listener =
        new NightListener() {
          @Override
          public void ended(RunRecord run, String directory) {
            ended.add(run);
          }
        };
    assertThat(nights.job(listener).run(ClickDays.day(2), Nights.FORCED).before()).isTrue();
    assertThat(ended).hasSize(1);
    assertThat(ended.get(0).published(nights.live().name())).isTrue();
    assertThat(ended.get(0).published(ended.get(0).name().toString())).isFalse();
  }

  /** Forecast and figures of both runs stay, each with its model, also after a rollback. */
  @Full
  @Test
  void aForcedDateHasARunOfItsOwnAndStatusFollowsTheLiveModel() throws IOException {
    Nights nights = new Nights(directory, "model");
    nights.days(0, 1, 2, 3, 4);
    nights.firstNight();
    RunRecord first = nights.run(3);
    Map<String, String> bits = nights.digests(THIRD);
    NightlyJob.Outcome forced = nights.run(3, Nights.FORCED, "nightly.learning-rate=0.01");
    assertThat(forced.before()).isFalse();
    RunRecord second = forced.run();
    assertThat(second.result()).as(second.reasons()).isEqualTo(RunResult.PROMOTED);
    assertThat(second.report().json().has("forecast"))
        .as("the live model has trained on the day")
        .isFalse();
    String forecast = first.report().json().path("forecast").toString();
    assertThat(second.report().json().path("first_forecast")).hasToString(forecast);
    assertThat(second.report().json().path("parent"))
        .isEqualTo(first.report().json().path("parent"));
    assertThat(nights.live().name()).isEqualTo(THIRD + ".2");
    assertThat(nights.digests(THIRD)).isEqualTo(bits);
    assertThat(nights.status().last(9))
        .extracting(run -> run.name().toString())
        .containsExactly(ClickDays.day(2).toString(), THIRD, THIRD + ".2");
    assertThat(Nights.number(nights.status().liveRun().orElseThrow(), "candidate/log_loss"))
        .isEqualTo(Nights.number(second, "candidate/log_loss"));

    nights.rollback().run(Optional.empty());
    assertThat(nights.live().name()).isEqualTo(THIRD);
    RunRecord live = nights.status().liveRun().orElseThrow();
    assertThat(Nights.number(live, "candidate/log_loss"))
        .isEqualTo(Nights.number(first, "candidate/log_loss"));
    assertThat(live.report().json().path("forecast")).hasToString(forecast);

    RunRecord next = nights.run(4);
    assertThat(next.report().json().path("parent").asText()).endsWith("models/" + THIRD);
    assertThat(next.report().json().at("/history/1/forecast_log_loss").asDouble())
        .as("the forecast of a date is its first run's")
        .isEqualTo(Nights.number(first, "forecast/log_loss").getAsDouble());
  }

  @Full
  @Test
  void anOlderDateIsPublishedOnlyWhenAskedForByName() throws IOException {
    Nights nights = new Nights(directory, "model");
    nights.days(0, 1, 2, 3, 4);
    nights.firstNight();
    nights.run(4);
    assertThatThrownBy(() -> nights.run(3, Nights.FORCED))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(THIRD + " is not after " + ClickDays.day(4))
        .hasMessageContaining("--publish-older");
    assertThat(nights.live().name()).isEqualTo(ClickDays.day(4).toString());

    RunRecord older = nights.run(3, OLDER).run();
    assertThat(older.result()).as(older.reasons()).isEqualTo(RunResult.PROMOTED);
    assertThat(older.report().json().path("parent").asText()).endsWith(ClickDays.day(2).toString());
    assertThat(Nights.number(older, "published_same_rows/log_loss")).isPresent();
    assertThat(nights.live().name()).isEqualTo(THIRD);

    assertThat(nights.run(3, OLDER).before()).as("finished").isTrue();
    assertThat(nights.live().name()).isEqualTo(THIRD);
  }

  /** A model that was rolled back for good reasons is no parent. */
  @Full
  @Test
  void aForcedDateGoesOnFromTheModelThatItsOwnCameFrom() throws IOException {
    Nights nights = new Nights(directory, "model");
    nights.days(0, 1, 2, 3, 4);
    nights.firstNight();
    nights.run(3);
    nights.rollback().run(Nights.to(ClickDays.day(2).toString()));
    nights.run(4);
    RunRecord forced = nights.run(4, Nights.FORCED, "nightly.learning-rate=0.01").run();
    assertThat(forced.report().json().path("parent").asText())
        .endsWith(ClickDays.day(2).toString());
  }

  /**
   * Spark throws this checked exception without declaring it, such as when a job aborts because
   * executors run out of memory.
   */
  @Full
  @Test
  void aNightThatSparkAbortsSaysSo() throws IOException {
    Nights nights = new Nights(directory, "model");
    nights.days(0, 1, 2, 3);
    nights.firstNight();
    Path metrics = directory.resolve("metrics.prom");
    TrainingListener aborting =
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, int of, long rows, double loss) {
            throw ForcedNightTest.<RuntimeException>unseen(
                new SparkException("Job aborted: password=hush\n\nDriver stacktrace:"));
          }
        };
    assertThatThrownBy(
            () ->
                nights
                    .job(aborting, "nightly.metrics-file=" + metrics)
                    .run(ClickDays.day(3), Nights.PLAIN))
        .isInstanceOf(SparkException.class);
    RunRecord run = nights.status().last(1).get(0);
    assertThat(run.name()).hasToString(THIRD);
    assertThat(run.result()).isEqualTo(RunResult.FAILED);
    assertThat(run.reasons()).isEqualTo("Job aborted: password=(hidden)");
    assertThat(nights.model.resolve("runs/" + THIRD + "/report.html"))
        .content()
        .contains("Job aborted")
        .doesNotContain("hush");
    assertThat(metrics).content().contains("destine_nightly_run_result", "result=\"failed\"} 1");
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E unseen(Throwable failure) throws E {
    throw (E) failure;
  }

  @Full
  @Test
  void withoutTheRecordOfTheLiveModelNoNightRunsUntilOneIsNamed() throws IOException {
    Nights nights = new Nights(directory, "model");
    nights.days(0, 1, 2, 3, 4);
    nights.firstNight();
    nights.run(3);
    String second = ClickDays.day(2).toString();
    TreeDigest.copy(
        nights.model.resolve("models/" + second),
        nights.model.resolve("models/" + second + "-good"));
    Path published = nights.model.resolve("published");
    Files.move(published, nights.model.resolveSibling("published-elsewhere"));
    Map<String, String> before = TreeDigest.of(nights.model);
    assertThatThrownBy(() -> nights.run(4, "nightly.keep-models=2"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("published/, which names the live one, is missing; restore it")
        .hasMessageContaining("rollback --to " + THIRD + ".1");
    assertThat(TreeDigest.of(nights.model)).isEqualTo(before);
    assertThatThrownBy(() -> nights.rollback().run(Optional.empty()))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--to makes one of these live: " + second + ", " + THIRD);

    nights.rollback().run(Nights.to(ClickDays.day(2).toString()));
    assertThat(nights.live().name()).isEqualTo(second);
    RunRecord next = nights.run(4, "nightly.keep-models=2");
    assertThat(next.report().json().path("parent").asText()).endsWith("models/" + second);
    assertThat(nights.model.resolve("models/" + second + "-good"))
        .as("a copy that the user has made is none of the run's")
        .isDirectory();
    assertThat(nights.model.resolve("models/" + second))
        .as("the model before the live one")
        .isDirectory();
  }

  /** The record of a finished date outlives a forced run of it that fails. */
  @Test
  void aForcedRunThatFailsLeavesTheFinishedOneAsItWas() throws IOException {
    Nights nights = new Nights(directory, "model");
    nights.days(0, 1, 2);
    nights.firstNight();
    ClickDays.write(nights.logs, 2, 10, 0.8, 0.2);
    assertThatThrownBy(() -> nights.run(2, Nights.FORCED)).isInstanceOf(UserError.class);
    NightlyJob.Outcome plain = nights.run(2, Nights.PLAIN);
    assertThat(plain.before()).isTrue();
    assertThat(plain.run().result()).isEqualTo(RunResult.PROMOTED);

    String second = ClickDays.day(2).toString();
    Path pages = nights.model.resolve("runs");
    assertThat(pages.resolve("index.html")).content().contains(second + ".2");
    assertThat(pages.resolve(second + "/report.html")).content().contains(second + ".2");
    nights.days(2);
    Path metrics = directory.resolve("destine.prom");
    assertThat(nights.run(2, Nights.FORCED, "nightly.metrics-file=" + metrics).before()).isTrue();
    assertThat(pages.resolve("index.html")).content().doesNotContain(second + ".2");
    assertThat(pages.resolve(second + "/report.html")).content().doesNotContain(second + ".2");
    assertThat(metrics).content().contains("result=\"promoted\"} 1");
  }
}
