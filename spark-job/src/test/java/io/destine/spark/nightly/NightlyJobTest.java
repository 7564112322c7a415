package io.destine.spark.nightly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.artifact.Lineage;
import io.destine.feature.Vocabulary;
import io.destine.spark.ModelDigests;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.UserError;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.spark.parameters.ModelBase;
import io.destine.spark.report.RunResult;
import io.destine.spark.store.CurrentModel;
import io.destine.spark.store.LockedException;
import io.destine.spark.store.Owner;
import io.destine.spark.store.RunLock;
import io.destine.spark.store.Storage;
import io.destine.spark.train.TreeDigest;
import io.destine.testing.Full;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NightlyJobTest {
  /** Rows without a gradient stay as they are. */
  private static final String NO_PENALTY = "train.embedding-l2=0";

  private static final NightlyJob.Options PLAIN = new NightlyJob.Options(false);
  private static final NightlyJob.Options FORCED = new NightlyJob.Options(true);

  /** Months after the days of the tests. */
  private static final Clock CLOCK =
      Clock.fixed(
          ClickDays.day(200).atTime(LocalTime.NOON).toInstant(ZoneOffset.UTC), ZoneOffset.UTC);

  @TempDir Path directory;

  private final List<String> log = new ArrayList<>();
  private Path logs;
  private Path model;

  @BeforeEach
  void paths() {
    logs = directory.resolve("logs");
    model = directory.resolve("model");
  }

  private void days(int... numbers) throws IOException {
    for (int number : numbers) {
      ClickDays.write(logs, number);
    }
  }

  private void firstNight() throws IOException {
    new Nights(directory, "model").firstNight();
  }

  private JobConfig config(String... overrides) {
    return JobConfigReader.parse(ClickDays.configuration(logs, model), List.of(overrides));
  }

  private NightlyJob job(Consumer<String> lines, String... overrides) {
    return new NightlyJob(
        SharedSpark.session(),
        config(overrides),
        "test",
        lines,
        train -> new TrainingListener() {},
        CLOCK);
  }

  private RunRecord run(int number, String... overrides) {
    return job(log::add, overrides).run(ClickDays.day(number), PLAIN).run();
  }

  private CurrentModel live() {
    return CurrentModel.read(hadoop(), model.toString()).orElseThrow();
  }

  private static Configuration hadoop() {
    return SharedSpark.session().sparkContext().hadoopConfiguration();
  }

  /**
   * Tensors and optimiser state; the manifest holds the time, the vocabulary is compared by row.
   */
  private static Map<String, String> digests(Path model) {
    return ModelDigests.of(model, name -> name.endsWith(".safetensors"));
  }

  private Vocabulary vocabulary(String name) {
    return StoredVocabulary.open(hadoop(), model + "/models/" + name + "/vocabulary").load();
  }

  private double penalty(int day) {
    return ModelBase.open(hadoop(), model + "/models/" + ClickDays.day(day))
        .read(reader -> reader.manifest().train().optimizer().embeddingL2().orElseThrow());
  }

  @Test
  void theFirstRunTrainsOnItsWindowAndTheNextGoesOnFromItWithTheSameIds() throws IOException {
    days(0, 1, 2, 3);
    RunRecord first = run(2);
    assertThat(first.result()).as(first.reasons()).isEqualTo(RunResult.PROMOTED);
    assertThat(first.report().json().at("/input/window")).hasSize(3);
    assertThat(first.report().json().path("parent").isNull()).isTrue();
    assertThat(first.report().json().has("forecast")).isFalse();

    RunRecord second = run(3);
    assertThat(second.result()).as(second.reasons()).isEqualTo(RunResult.PROMOTED);
    assertThat(second.report().json().at("/input/window")).hasSize(1);
    assertThat(Nights.number(second, "forecast/rows")).hasValue(ClickDays.ROWS);
    assertThat(live().name()).isEqualTo(ClickDays.day(3).toString());
    assertThat(live().previous()).isEqualTo(ClickDays.day(2).toString());
    Lineage lineage =
        ModelBase.open(hadoop(), model + "/models/" + live().name())
            .read(reader -> reader.manifest().lineage());
    assertThat(lineage.date()).isEqualTo(ClickDays.day(3).toString());
    assertThat(lineage.parent()).endsWith("models/" + ClickDays.day(2));
    // The penalty that three days asked for, not the larger one of a single day.
    assertThat(penalty(3)).isEqualTo(penalty(2)).isPositive();

    Vocabulary before = vocabulary(ClickDays.day(2).toString());
    Vocabulary after = vocabulary(ClickDays.day(3).toString());
    assertThat(after.size()).isGreaterThan(before.size());
    for (int id = 0; id < before.size(); id++) {
      assertThat(after.entry(id)).isEqualTo(before.entry(id));
    }
    assertThat(model.resolve("runs/" + ClickDays.day(3) + "/report.html")).isRegularFile();
    assertThat(model.resolve("runs/" + ClickDays.day(3) + "/data")).doesNotExist();
    assertThat(model.resolve("LOCK")).doesNotExist();
  }

  /** Twelve users in eight buckets; every day a new item. */
  @Full
  @Test
  void aFieldWithHashBucketsDoesNotGrowAndHasNoRateOfUnknownValues() throws IOException {
    days(0, 1, 2, 3);
    String fields = "fields=[ { name = user, hash-buckets = 8 }, item ]";
    run(2, fields);
    RunRecord second = run(3, fields);
    assertThat(second.result()).as(second.reasons()).isEqualTo(RunResult.PROMOTED);
    assertThat(second.report().json().path("oov")).hasSize(1);
    assertThat(second.report().json().at("/oov/0/field").asText()).isEqualTo("item");
    assertThat(Nights.number(second, "oov/0/rate").orElseThrow()).isBetween(0.02, 0.15);
    assertThat(second.report().json().at("/vocabulary/by_field")).hasSize(1);
    assertThat(second.report().json().at("/vocabulary/by_field/0/field").asText())
        .isEqualTo("item");
    Vocabulary before = vocabulary(ClickDays.day(2).toString());
    Vocabulary after = vocabulary(ClickDays.day(3).toString());
    assertThat(after.size() - before.size())
        .isEqualTo(after.valuesByField()[1] - before.valuesByField()[1])
        .isPositive();
    assertThat(after.hashBuckets(0)).isEqualTo(8);
    days(4);
    assertThatThrownBy(() -> run(4, fields.replace("8", "9")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("field user: hash-buckets was 8 and is 9");
  }

  /** After one more day a continued model predicts at least as well as before. */
  @Test
  void theForecastIsOfTheModelThatWasLiveAndIsBetterThanChance() throws IOException {
    days(0, 1, 2, 3);
    firstNight();
    RunRecord second = run(3);
    assertThat(Nights.number(second, "forecast/auc").orElseThrow()).isGreaterThan(0.65);
    assertThat(second.report().json().path("oov")).isNotEmpty();
    assertThat(Nights.number(second, "oov/1/rate").orElseThrow())
        .as("the new item of the day has no id yet")
        .isBetween(0.02, 0.15);
    assertThat(
            SparkEnv.get()
                .metricsSystem()
                .getSourcesByName("destine.nightly")
                .apply(0)
                .metricRegistry()
                .getGauges()
                .get("forecast.auc")
                .getValue())
        .isEqualTo(Nights.number(second, "forecast/auc").getAsDouble());
  }

  @Test
  void aFinishedDateIsNotRunAgainAndOtherSettingsMustBeForced() throws IOException {
    days(0, 1, 2);
    run(2);
    Map<String, String> before = TreeDigest.of(model.resolve("published"));
    NightlyJob.Outcome again = job(log::add).run(ClickDays.day(2), PLAIN);
    assertThat(again.before()).isTrue();
    assertThat(before).containsKey("000001.json");
    assertThat(TreeDigest.of(model.resolve("published"))).isEqualTo(before);

    assertThatThrownBy(() -> run(2, "train.epochs=3"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("other settings: train.epochs was 4, is 3; --force");
    assertThatThrownBy(() -> run(1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is not after " + ClickDays.day(2));
    assertThatThrownBy(() -> run(3, "init-model=runs/other"))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "init-model: nightly runs start from the live model; remove the setting (it is"
                + " runs/other)");
    assertThatThrownBy(() -> run(3, "nightly.min-count-days=2", "vocabulary.max-frequency=0.5"))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(
            "vocabulary.max-frequency cannot be combined with nightly.min-count-days above 1 (it is"
                + " 2)");
  }

  @Test
  void theGateRefusesAWorseCandidateAndKeepsItsReport() throws IOException {
    days(0, 1, 2, 3);
    firstNight();
    RunRecord refused = run(3, "nightly.gate.min-calibration=1.9");
    assertThat(refused.result()).isEqualTo(RunResult.REFUSED);
    assertThat(refused.reasons()).contains("calibration").contains("is below 1.9");
    assertThat(live().name()).isEqualTo(ClickDays.day(2).toString());
    assertThat(model.resolve("models/" + ClickDays.day(3))).doesNotExist();
    assertThat(model.resolve("runs/" + ClickDays.day(3) + "/report.json")).isRegularFile();
    NightlyJob.Outcome again =
        job(log::add, "nightly.gate.min-calibration=1.9").run(ClickDays.day(3), PLAIN);
    assertThat(again.before()).isTrue();
    assertThat(again.run().result()).isEqualTo(RunResult.REFUSED);
  }

  @Test
  void inputThatIsNotFitIsRefusedByName() throws IOException {
    days(0, 1, 2);
    firstNight();
    String day = logs + "/day=" + ClickDays.day(3);
    assertFails(3, day + " does not exist; nearest days with input: " + ClickDays.day(2));

    ClickDays.write(logs, 3, 100, 0.8, 0.2);
    Files.delete(Path.of(day, "_SUCCESS"));
    assertFails(3, day + " has no _SUCCESS");

    Files.writeString(Path.of(day, "_SUCCESS"), "");
    assertFails(3, "100 rows are too few, at least 270");

    ClickDays.write(logs, 3, ClickDays.ROWS, 0.1, 0.05);
    assertFails(3, " is far from that of the last ");

    Files.writeString(Path.of(day, "part-0.csv"), "clicked,user,item\n");
    assertFails(3, day + ": there are no rows");

    Files.writeString(Path.of(day, "part-0.csv"), "clicked,user,item\n1,u1\n0,u2\n");
    assertFails(3, "2 of 2 rows cannot be read");
    assertThat(live().name()).isEqualTo(ClickDays.day(2).toString());
    RunRecord failed = new NightlyStatus(hadoop(), model.toString()).last(1).get(0);
    assertThat(failed.result()).isEqualTo(RunResult.FAILED);
    assertThat(failed.reasons()).contains("2 of 2 rows cannot be read");

    days(3);
    assertThat(run(3).result()).isEqualTo(RunResult.PROMOTED);
  }

  private void assertFails(int number, String message) {
    assertThatThrownBy(() -> run(number))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(message);
  }

  @Full
  @Test
  void aTruncatedFileIsNamed() throws IOException {
    days(0, 1, 2);
    firstNight();
    ClickDays.write(logs, 3);
    Path day = logs.resolve("day=" + ClickDays.day(3));
    SharedSpark.session()
        .read()
        .option("header", true)
        .csv(day.toString())
        .coalesce(1)
        .write()
        .parquet(directory.resolve("parquet/day=" + ClickDays.day(3)).toString());
    Path parquet = directory.resolve("parquet/day=" + ClickDays.day(3));
    try (var files = Files.list(parquet)) {
      Path part = files.filter(f -> f.toString().endsWith(".parquet")).findFirst().orElseThrow();
      byte[] bytes = Files.readAllBytes(part);
      Files.write(part, Arrays.copyOf(bytes, bytes.length / 2));
      Files.deleteIfExists(part.resolveSibling("." + part.getFileName() + ".crc"));
    }
    assertThatThrownBy(
            () ->
                run(
                    3,
                    "source.format=parquet",
                    "nightly.input=" + directory.resolve("parquet") + "/day={date}"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(parquet.toString());
  }

  @Test
  void aSecondRunIsRefusedWhileOneIsUnderWay() throws IOException {
    days(0, 1, 2);
    org.apache.hadoop.fs.Path lock = new org.apache.hadoop.fs.Path(model.toString(), "LOCK");
    try (RunLock held =
        RunLock.acquire(
            Storage.of(hadoop(), lock),
            lock,
            Owner.ofThisProcess("another"),
            Duration.ofMinutes(5),
            CLOCK)) {
      held.requireHeld();
      assertThatThrownBy(() -> run(2))
          .isInstanceOf(LockedException.class)
          .hasMessageContaining("another");
      assertThat(new NightlyStatus(hadoop(), model.toString(), CLOCK).lock().orElseThrow())
          .contains("another");
    }
    assertThat(run(2).result()).isEqualTo(RunResult.PROMOTED);
  }

  @Full
  @Test
  void rollbackMakesAnEarlierModelLiveAndTheNextRunGoesOnFromIt() throws IOException {
    days(0, 1, 2, 3, 4);
    firstNight();
    run(3);
    Rollback rollback = new Rollback(SharedSpark.session(), config(), CLOCK);
    job(log::add, "nightly.learning-rate=0.01").run(ClickDays.day(3), FORCED);
    assertThat(live().name()).isEqualTo(ClickDays.day(3) + ".2");
    rollback.run(Optional.empty());
    assertThat(live().name()).isEqualTo(ClickDays.day(3).toString());
    rollback.run(Optional.empty());
    assertThat(live().name()).isEqualTo(ClickDays.day(2).toString());
    assertThatThrownBy(() -> rollback.run(Nights.to("2020-01-01")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--to: no model of 2020-01-01 is kept; kept models: ");
    RunRecord next = run(4);
    assertThat(next.report().json().path("parent").asText()).endsWith(ClickDays.day(2).toString());
    // The models of the third day were rolled back for good reasons.
    rollback.run(Optional.empty());
    assertThat(live().name()).isEqualTo(ClickDays.day(2).toString());
    assertThatThrownBy(() -> rollback.run(Optional.empty()))
        .isInstanceOf(UserError.class)
        .hasMessageStartingWith(
            "no model older than the live one, "
                + ClickDays.day(2)
                + ", is kept, apart from models that were rolled back; kept models: ");
    rollback.run(Nights.to(ClickDays.day(4).toString()));
    rollback.run(Optional.empty());
    assertThat(live().name()).isEqualTo(ClickDays.day(2).toString());
    // Of the two models of the third day, the date names the newer one.
    rollback.run(Nights.to(ClickDays.day(3).toString()));
    assertThat(live().name()).isEqualTo(ClickDays.day(3) + ".2");
    String first = ClickDays.day(3) + ".1";
    rollback.run(Nights.to(first));
    assertThat(live().name()).isEqualTo(ClickDays.day(3).toString());
    assertThatThrownBy(() -> rollback.run(Nights.to(first)))
        .hasMessageStartingWith("--to: " + ClickDays.day(3) + " is live already; kept models: ");
    assertThatThrownBy(() -> rollback.run(Nights.to(ClickDays.day(3) + ".3")))
        .hasMessageStartingWith("--to: no model " + ClickDays.day(3) + ".3 is kept; kept models: ");
  }

  @Full
  @Test
  void onlyTheNewestModelsAreKeptAndTheyKeepTheirBits() throws IOException {
    days(0, 1, 2, 3, 4, 5, 6);
    firstNight();
    Map<String, String> third = null;
    for (int day = 3; day <= 6; day++) {
      run(day);
      if (day == 4) {
        third = digests(model.resolve("models/" + ClickDays.day(4)));
      }
    }
    try (var kept = Files.list(model.resolve("models"))) {
      assertThat(kept.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder(
              ClickDays.day(4).toString(),
              ClickDays.day(5).toString(),
              ClickDays.day(6).toString());
    }
    assertThat(digests(model.resolve("models/" + ClickDays.day(4)))).isEqualTo(third);
  }

  @Test
  void mistakesInDatesAreRefused() throws IOException {
    days(0, 1, 2);
    assertThatThrownBy(() -> run(201))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is in the future");
    assertThatThrownBy(() -> config("nightly.input=logs/today"))
        .hasMessageContaining("nightly.input: \"logs/today\" has no {date}");
    assertThatThrownBy(() -> job(log::add, "split.test=0", "split.train=0.9"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("validation rows, which select the epoch, and test rows");
  }

  @Full
  @Test
  void idsThatTheDayDoesNotHoldDecayWhenTheyAreOldEnough() throws IOException {
    days(0, 1, 2, 3);
    firstNight();
    RunRecord decayed = run(3, NO_PENALTY, "nightly.decay-after-days=1", "nightly.decay=0.5");
    assertThat(decayed.result()).as(decayed.reasons()).isEqualTo(RunResult.PROMOTED);
    Vocabulary ids = vocabulary(ClickDays.day(3).toString());
    double[] before = embedding(2, ids.id(1, "i0"));
    double[] after = embedding(3, ids.id(1, "i0"));
    for (int i = 0; i < before.length; i++) {
      assertThat(after[i]).isEqualTo((float) (before[i] * 0.5)).isNotZero();
    }
    assertThat(embedding(3, ids.id(1, "i5"))).isNotEqualTo(embedding(2, ids.id(1, "i5")));
  }

  /**
   * Another network cannot continue from the parameters, but the ids must stay, since other systems
   * have stored them.
   */
  @Full
  @Test
  void aModelFromScratchOfAnotherNetworkKeepsTheIds() throws IOException {
    days(0, 1, 2, 3);
    firstNight();
    String wider = "model.embedding-dim=8";
    assertThatThrownBy(() -> run(3, wider))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--from-scratch starts without it");
    RunRecord scratch =
        job(log::add, wider)
            .run(
                ClickDays.day(3),
                new NightlyJob.Options(false, NightlyJob.Start.FROM_SCRATCH, false))
            .run();
    assertThat(scratch.result()).as(scratch.reasons()).isEqualTo(RunResult.PROMOTED);
    assertThat(scratch.report().json().path("parent").isNull()).isTrue();
    Vocabulary before = vocabulary(ClickDays.day(2).toString());
    Vocabulary after = vocabulary(ClickDays.day(3).toString());
    assertThat(after.size()).isGreaterThan(before.size());
    for (int id = 0; id < before.size(); id++) {
      assertThat(after.entry(id)).isEqualTo(before.entry(id));
    }
  }

  /** A night of the first date has no earlier model, but does not want one either. */
  @Full
  @Test
  void aNightFromScratchDoesNotWarnThatItHasNoModelToStartFrom() throws IOException {
    days(0, 1, 2);
    firstNight();
    job(log::add)
        .run(ClickDays.day(2), new NightlyJob.Options(true, NightlyJob.Start.FROM_SCRATCH, false));
    assertThat(log).isNotEmpty().noneMatch(line -> line.startsWith("warning: no earlier model"));
  }

  /**
   * The new crosses have other ids, and the gate still compares the models; the next night keeps
   * the new crosses.
   */
  @Full
  @Test
  void crossesOfTheSettingsReplaceThoseThatNightsHaveKept() throws IOException {
    days(0, 1, 2, 3, 4);
    firstNight();
    String cross = "crosses=[[user, item]]";
    RunRecord chosen =
        job(log::add, cross)
            .run(
                ClickDays.day(3),
                new NightlyJob.Options(false, NightlyJob.Start.NEW_CROSSES, false))
            .run();
    assertThat(chosen.result()).as(chosen.reasons()).isEqualTo(RunResult.PROMOTED);
    assertThat(log).anyMatch(line -> line.startsWith("candidate minus published log loss: "));
    assertThat(chosen.report().json().at("/candidate/rows"))
        .isEqualTo(chosen.report().json().at("/published_same_rows/rows"));
    assertThat(chosen.report().json().path("parent").isNull()).isTrue();
    Vocabulary before = vocabulary(ClickDays.day(2).toString());
    Vocabulary after = vocabulary(ClickDays.day(3).toString());
    assertThat(before.fields()).doesNotContain("user x item");
    assertThat(after.fields()).contains("user x item").containsAll(before.fields());
    RunRecord next = run(4);
    assertThat(next.result()).as(next.reasons()).isEqualTo(RunResult.PROMOTED);
    assertThat(vocabulary(ClickDays.day(4).toString()).fields()).isEqualTo(after.fields());
  }

  @Full
  @Test
  void idsThatAreNotOldEnoughStayAsTheyAre() throws IOException {
    days(0, 1, 2, 3);
    firstNight();
    run(3, NO_PENALTY, "nightly.decay-after-days=2", "nightly.decay=0.5");
    int id = vocabulary(ClickDays.day(3).toString()).id(1, "i0");
    assertThat(embedding(3, id)).isEqualTo(embedding(2, id));
  }

  private double[] embedding(int day, int id) {
    double[] row = new double[4];
    ModelBase.open(hadoop(), model + "/models/" + ClickDays.day(day))
        .read(
            reader -> {
              reader.parameters().embedding().read(id, row, 0);
              return reader;
            });
    return row;
  }
}
