package io.destine.spark.nightly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.optim.RateSchedule;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.conf.SourceConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.report.RunReport;
import io.destine.spark.report.RunResult;
import io.destine.spark.source.TableSnapshot;
import io.destine.testing.Full;
import io.destine.train.TrainingListener;
import io.destine.train.Validation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nights whose days are partitions of a table, of Iceberg and of Spark's own catalog. */
@Full
class TableNightsTest {
  private static final String ICEBERG = SharedSpark.ICEBERG + ".nights.clicks";
  private static final String PARQUET = "clicks_by_day";
  private static final String FIELDS = "fields=[{name=user},{name=item}]";
  private static final String[] REPLAYED = {
    FIELDS, "train.epochs=2", "nightly.epochs=1", "nightly.window-days=2"
  };

  /** Nights from paths, of days that the first table has too. */
  private static Nights paths;

  private static List<String> replayOfPaths;

  @TempDir static Path directory;

  private final SparkSession spark = SharedSpark.session();
  private String table;
  private Nights nights;

  @BeforeAll
  static void runNightsFromPaths() throws IOException {
    paths = new Nights(directory, "by-path");
    paths.days(0, 1, 2, 3, 4);
    for (int day = 1; day <= 3; day++) {
      new NightlyJob(
              SharedSpark.session(),
              paths.config(FIELDS, "nightly.window-days=2"),
              "test",
              paths.log::add,
              train -> new TrainingListener() {},
              Nights.CLOCK)
          .run(ClickDays.day(day), Nights.PLAIN);
    }
  }

  private void make(String name) {
    if (name.equals(ICEBERG)) {
      SharedSpark.requireIceberg();
    }
    table = name;
    nights = new Nights(directory, "of-" + name + System.nanoTime());
    spark.sql("drop table if exists " + table);
    spark.sql(
        "create table "
            + table
            + " (clicked string, user string, item string, day string) using "
            + (name.equals(ICEBERG) ? "iceberg" : "parquet")
            + " partitioned by (day)");
    write(0, 1);
  }

  @AfterEach
  void dropTheTable() {
    if (table != null) {
      spark.sql("drop table if exists " + table);
    }
  }

  /** Appends days, each in a commit of its own. */
  private void write(int... days) {
    for (int day : days) {
      append(day, "true");
    }
  }

  private void append(int day, String rows) {
    spark
        .read()
        .option("header", true)
        .csv(paths.logs.resolve("day=" + ClickDays.day(day)).toString())
        .createOrReplaceTempView("day_of_clicks");
    spark.sql(
        "insert into "
            + table
            + " select clicked, user, item, '"
            + ClickDays.day(day)
            + "' from day_of_clicks where "
            + rows);
  }

  private JobConfig config(String... overrides) {
    String text =
        ClickDays.configuration(nights.logs, nights.model)
            .replace(
                "input = \"" + nights.logs + "/day={date}\"",
                "table = " + table + ", where = \"day = '{date}'\", window-days = 2");
    return JobConfigReader.parse(text.replace("fields = \"*\"", FIELDS), List.of(overrides));
  }

  private NightlyJob job(TrainingListener progress, String... overrides) {
    return new NightlyJob(
        spark, config(overrides), "test", nights.log::add, train -> progress, Nights.CLOCK);
  }

  private RunRecord run(int day, String... overrides) {
    return job(new TrainingListener() {}, overrides).run(ClickDays.day(day), Nights.PLAIN).run();
  }

  private void requireBitsOfPaths(int day) {
    String model = ClickDays.day(day).toString();
    assertThat(nights.digests(model)).as(model).isEqualTo(paths.digests(model)).isNotEmpty();
  }

  private String snapshot() {
    return String.valueOf(
        spark
            .sql("select snapshot_id from " + table + ".refs where name = 'main'")
            .first()
            .getLong(0));
  }

  private JsonNode manifest(int day) throws IOException {
    Path file = nights.model.resolve("models/" + ClickDays.day(day) + "/manifest.json");
    return new ObjectMapper().readTree(file.toFile());
  }

  @ParameterizedTest
  @ValueSource(strings = {ICEBERG, PARQUET})
  void threeNightsHaveTheBitsOfThoseFromPaths(String name) throws IOException {
    make(name);
    for (int day = 1; day <= 3; day++) {
      RunRecord run = run(day);
      assertThat(run.result()).isEqualTo(RunResult.PROMOTED);
      JsonNode input = run.report().json().path("input");
      assertThat(input.path("table").asText()).isEqualTo(name);
      assertThat(input.path("where").asText()).isEqualTo("day = '" + ClickDays.day(day) + "'");
      assertThat(input.path("window")).hasSize(2);
      if (name.equals(ICEBERG)) {
        assertThat(input.at("/snapshot/id").asText()).isEqualTo(snapshot());
        assertThat(manifest(day).at("/job/source/version-as-of").asText()).isEqualTo(snapshot());
      }
      requireBitsOfPaths(day);
      // Rows of other days are no change of this one's.
      write(day + 1 > 3 ? 0 : day + 1);
      assertThat(run.changedInput(spark, config().source())).isEmpty();
    }
    append(2, "user = 'u1'");
    List<RunRecord> runs = nights.status().last(2);
    assertThat(runs.get(1).changedInput(spark, config().source())).isEmpty();
    assertThat(runs.get(0).changedInput(spark, config().source()).orElseThrow())
        .matches("input has changed since the run: \\d files? of .* then, \\d files? of .* now");
    nights.log.clear();
    run(3);
    assertThat(nights.log)
        .singleElement()
        .asString()
        .startsWith("warning: " + ClickDays.day(2) + ": input has changed");
    Path page = nights.model.resolve("runs/" + ClickDays.day(2) + "/report.html");
    assertThat(page).content().contains("day = &#39;" + ClickDays.day(2));
  }

  @ParameterizedTest
  @ValueSource(strings = {ICEBERG, PARQUET})
  void aForcedDateReadsTheTableAsItIsAndItsModelCanBeRolledBack(String name) {
    make(name);
    write(2);
    run(1);
    RunRecord first = run(2);
    NightlyJob.Outcome same =
        job(new TrainingListener() {}, "nightly.gate.tolerance=0")
            .run(ClickDays.day(2), Nights.FORCED);
    assertThat(same.before()).as("the live model again").isTrue();

    append(2, "user in ('u1', 'u2', 'u3')");
    NightlyJob.Outcome forced = job(new TrainingListener() {}).run(ClickDays.day(2), Nights.FORCED);
    RunRecord second = forced.run();
    assertThat(forced.before()).isFalse();
    assertThat(second.result()).as(second.reasons()).isEqualTo(RunResult.PROMOTED);
    long added =
        spark.table(table).where("day = '" + ClickDays.day(2) + "'").count() - ClickDays.ROWS;
    assertThat(added).isPositive();
    assertThat(second.report().json().at("/input/rows").asLong())
        .isEqualTo(first.report().json().at("/input/rows").asLong() + added);
    if (name.equals(ICEBERG)) {
      assertThat(second.report().json().at("/input/snapshot/id").asText()).isEqualTo(snapshot());
    }
    assertThat(nights.live().name()).isEqualTo(ClickDays.day(2) + ".2");

    new Rollback(spark, config(), Nights.CLOCK).run(Optional.empty());
    assertThat(nights.live().name()).isEqualTo(ClickDays.day(2).toString());
    requireBitsOfPaths(2);
  }

  /** Both score days that nothing has trained on, with the same three models. */
  @ParameterizedTest
  @ValueSource(strings = {ICEBERG, PARQUET})
  void aReplayOfATableIsThatOfItsPaths(String name) {
    make(name);
    write(2, 3, 4);
    List<Replay.Day> days = replay(config(REPLAYED));
    assertThat(days).hasSize(2);
    assertThat(withoutTimes(days)).isEqualTo(replayOfPaths());
  }

  private static List<String> replayOfPaths() {
    if (replayOfPaths == null) {
      replayOfPaths = withoutTimes(replay(new Nights(directory, "replayed").config(REPLAYED)));
    }
    return replayOfPaths;
  }

  private static List<Replay.Day> replay(JobConfig config) {
    NightlyJob nightly =
        new NightlyJob(
            SharedSpark.session(),
            config,
            "test",
            line -> {},
            train -> new TrainingListener() {},
            Nights.CLOCK);
    return new Replay(SharedSpark.session(), config, nightly, "test", 2)
        .run(ClickDays.day(2), ClickDays.day(4), day -> {});
  }

  private static List<String> withoutTimes(List<Replay.Day> days) {
    return days.stream().map(day -> day.toString().replaceAll("seconds=[^],]*", "")).toList();
  }

  /** Appends a day to the branch {@code audited}, which the first call creates. */
  private void appendToBranch(int day) {
    spark.conf().set("spark.wap.branch", "audited");
    try {
      append(day, "true");
    } finally {
      spark.conf().unset("spark.wap.branch");
    }
  }

  @Test
  void aDayIsComparedWithTheBranchThatTheNightsRead() {
    make(ICEBERG);
    String branch = "source.version-as-of=audited";
    spark.sql("alter table " + table + " set tblproperties ('write.wap.enabled' = 'true')");
    appendToBranch(2);
    RunRecord run = run(1, branch);
    assertThat(run.result()).as(run.reasons()).isEqualTo(RunResult.PROMOTED);
    SourceConfig read = config(branch).source();
    append(1, "true");
    assertThat(run.changedInput(spark, read)).isEmpty();
    assertThat(run.changedInput(spark, config().source())).isNotEmpty();
    appendToBranch(1);
    assertThat(run.changedInput(spark, read).orElseThrow()).contains("input has changed");
  }

  private static long endedProcess() throws IOException {
    return new ProcessBuilder("true").start().onExit().join().pid();
  }

  @Test
  void aStoppedNightGoesOnWithTheSnapshotThatItBeganWith() throws IOException {
    make(ICEBERG);
    String before = snapshot();
    TrainingListener killing =
        new TrainingListener() {
          @Override
          public void evaluated(
              int epoch,
              double trainLoss,
              Validation validation,
              double learningRate,
              RateSchedule.Verdict verdict) {
            throw new IllegalStateException("killed");
          }
        };
    assertThatThrownBy(() -> job(killing).run(ClickDays.day(1), Nights.PLAIN)).hasMessage("killed");
    // A process that is killed leaves the report as it was at the run's beginning.
    Path file = nights.model.resolve("runs/" + ClickDays.day(1) + "/report.json");
    ObjectNode report = (ObjectNode) new ObjectMapper().readTree(file.toFile());
    report.withObject("/process").put("pid", endedProcess());
    Files.writeString(file, report.put("result", "running").toString());
    append(1, "user = 'u1'");
    RunRecord run = run(1);
    assertThat(run.report().json().at("/input/snapshot/id").asText()).isEqualTo(before);
    requireBitsOfPaths(1);
    assertThat(run.changedInput(spark, config().source())).isPresent();
  }

  /** Delta numbers the snapshots of each table from 0. */
  @Test
  void aSnapshotOfATableThatWasCreatedAgainIsAnother() throws IOException {
    make(ICEBERG);
    DayInput began = new DayTable(spark, config(), Optional.empty()).pinned();
    TableSnapshot then = began.snapshot().orElseThrow();
    append(1, "true");
    DayInput now = began.pinned();
    assertThat(now.snapshot()).isNotEqualTo(began.snapshot());
    RunReport.Snapshot same = new RunReport.Snapshot(then.id(), then.committed().toString());
    assertThat(now.pinned(Optional.of(same)).snapshot()).hasValue(then);
    String later = then.committed().plusSeconds(1).toString();
    RunReport.Snapshot other = new RunReport.Snapshot(then.id(), later);
    assertThat(now.pinned(Optional.of(other)).snapshot()).isEqualTo(now.snapshot());
  }

  @ParameterizedTest
  @ValueSource(strings = {ICEBERG, PARQUET})
  void aDayWithoutRowsIsRefusedWithTheDaysThatAreThere(String name) {
    make(name);
    assertThatThrownBy(() -> run(7))
        .isInstanceOf(UserError.class)
        .hasMessage(
            "no rows of "
                + ClickDays.day(7)
                + " in table "
                + name
                + " where day = '"
                + ClickDays.day(7)
                + "'; nearest days with input: "
                + ClickDays.day(1)
                + " before it, none after it");
    assertThat(nights.model.resolve("runs/" + ClickDays.day(7))).doesNotExist();
    assertThatThrownBy(() -> run(1, "nightly.complete-when=count(distinct user) > 12"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the rows of " + ClickDays.day(1) + " are not complete: in table ")
        .hasMessageContaining("count(distinct user) > 12 (nightly.complete-when)");
    assertThat(run(1, "nightly.complete-when=count(distinct user) = 12").result())
        .isEqualTo(RunResult.PROMOTED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "where=dy = '{date}'      | nightly.where = \"dy = '2026-03-02'\": on table clicks_by_day:"
            + " ",
        "where=day = = '{date}'   | nightly.where = \"day = = '2026-03-02'\": on table clicks_by",
        "complete-when=count(hour)| nightly.complete-when = \"count(hour)\": on table"
            + " clicks_by_day",
        "table=clicks_by_dy       | nightly.table: table clicks_by_dy not found; did you mean",
      })
  void aConditionThatIsNoneIsNamedInOneLine(String setting, String line) {
    make(PARQUET);
    assertThatThrownBy(() -> run(1, "nightly." + setting))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(line)
        .message()
        .doesNotContain("\n");
  }
}
