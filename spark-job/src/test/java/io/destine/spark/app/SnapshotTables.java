package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.spark.ModelDigests;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.spark.encode.DataSetEncoder;
import io.destine.spark.encode.DataSetManifest;
import io.destine.spark.store.Fence;
import io.destine.spark.store.OutputLock;
import io.destine.spark.train.TrainJob;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code source.table} of a table with snapshots: its rows, and the snapshot from which they are
 * read.
 */
abstract class SnapshotTables {

  /** Rows with the given numbers. */
  static final String ROWS =
      "select cast((id * 7 + id %% 11) %% 3 = 0 as int) as y, concat('u', id %% 17) as user,"
          + " id %% 5 as n, date_format(date '2026-03-01' + cast(id %% 4 as int), 'yyyy-MM-dd') as"
          + " day from range(%d, %d)";

  @TempDir Path directory;
  SparkSession spark;
  final String table;
  private final String format;

  /**
   * Tests of a format.
   *
   * @param table in a database that is there
   */
  SnapshotTables(String format, String table) {
    this.format = format;
    this.table = table;
  }

  /** Leaves the tests out where the format cannot be read. */
  abstract void requireFormat();

  /** Id of the current snapshot. */
  abstract String snapshot();

  @BeforeEach
  void makeTheTable() {
    requireFormat();
    spark = SharedSpark.session();
    spark.sql("create database if not exists " + table.substring(0, table.lastIndexOf('.')));
    spark.sql("drop table if exists " + table + " purge");
    spark.sql(
        "create table "
            + table
            + " (y int, user string, n bigint, day string) using "
            + format
            + " partitioned by (day)");
  }

  @AfterEach
  void dropTheTable() {
    if (spark != null) {
      spark.sql("drop table if exists " + table + " purge");
    }
  }

  /** Appends rows and gives the id of the snapshot that has them. */
  String append(int from, int to) {
    spark.sql("insert into " + table + " " + ROWS.formatted(from, to));
    return snapshot();
  }

  /** A file source with the same rows. */
  String files(String name, String rows) {
    spark.sql(rows).write().parquet(directory.resolve(name).toString());
    return "source { path = \"" + directory.resolve(name) + "\", format = parquet }";
  }

  CommandRun run(String command, String source, String name, String... more) throws IOException {
    List<String> words =
        new ArrayList<>(List.of(command, "--config", config(source, name).toString()));
    words.addAll(List.of(more));
    return CommandRun.of(words.toArray(String[]::new));
  }

  Path config(String source, String name) throws IOException {
    Path config = directory.resolve(name + ".conf");
    return Files.writeString(
        config,
        """
        %s
        label = y
        fields = [ { name = user }, { name = n, kind = numeric } ]
        vocabulary.min-count = 1
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
        train { batch-size = 64, epochs = 2, blocks-per-step = 4 }
        output { model = "%s", data = "%s" }
        """
            .formatted(source, directory.resolve(name), directory.resolve(name + ".data")));
  }

  CommandRun done(CommandRun run) {
    assertThat(run.code()).as(run.err()).isZero();
    return run;
  }

  JsonNode encoded(String source, String name) throws IOException {
    done(run("encode", source, name));
    return json(directory.resolve(name + ".data/manifest.json"));
  }

  private static JsonNode json(Path file) throws IOException {
    return new ObjectMapper().readTree(file.toFile());
  }

  private Object tensors(String name) {
    return ModelDigests.of(directory.resolve(name), file -> file.endsWith(".safetensors"));
  }

  @Test
  void aModelOfTheTableHasTheBitsOfOneOfTheSameRowsAsFiles() throws IOException {
    append(0, 400);
    String id = append(400, 700);
    done(run("train", "source.table = " + table, "table"));
    done(run("train", files("rows", ROWS.formatted(0, 700)), "files"));
    assertThat(tensors("table")).isEqualTo(tensors("files"));

    JsonNode data = json(directory.resolve("table.data/manifest.json"));
    assertThat(data.at("/source/table").asText()).isEqualTo(table);
    assertThat(data.at("/source/snapshot").asText()).isEqualTo(id);
    JsonNode model = json(directory.resolve("table/manifest.json"));
    assertThat(model.at("/job/source/version-as-of").asText()).isEqualTo(id);
    assertThat(json(directory.resolve("table/report.json")).at("/source/snapshot").asText())
        .isEqualTo(id);
    String model0 = directory.resolve("table").toString();
    assertThat(done(CommandRun.of("inspect", "--model", model0)).out())
        .contains("table " + table + ", snapshot " + id);
  }

  /** Reads 400 of 700 rows by each of the settings. */
  void assertOldRows(String old, String... settings) throws IOException {
    append(400, 700);
    JsonNode expected = encoded(files("rows", ROWS.formatted(0, 400)), "files");
    for (int i = 0; i < settings.length; i++) {
      JsonNode data = encoded("source { table = " + table + ", " + settings[i] + " }", "t" + i);
      assertThat(data.path("fingerprint")).as(settings[i]).isEqualTo(expected.path("fingerprint"));
      assertThat(data.at("/source/snapshot").asText()).isEqualTo(old);
    }
  }

  /** A setting with the present time. */
  String now() throws InterruptedException {
    String time = spark.sql("select string(current_timestamp())").first().getString(0);
    Thread.sleep(20);
    return "timestamp-as-of = \"" + time + "\"";
  }

  /** A command that is refused by one line. */
  void assertRefused(String setting, String line) throws IOException {
    append(0, 100);
    CommandRun run = run("encode", "source { table = " + table + ", " + setting + " }", "bad");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).singleElement().asString().contains(line);
  }

  @Test
  void aDataSetIsUsedAgainAsLongAsTheSnapshotIsTheSame() throws IOException {
    String first = append(0, 400);
    String source = "source.table = " + table;
    encoded(source, "data");
    long written = written("data");
    encoded(source, "data");
    assertThat(written("data")).isEqualTo(written);
    encoded("source { table = " + table + ", version-as-of = " + first + " }", "data");
    assertThat(written("data")).isEqualTo(written);

    String second = append(400, 500);
    assertThat(encoded(source, "data").at("/source/snapshot").asText()).isEqualTo(second);
    assertThat(written("data")).isGreaterThan(written);
  }

  private long written(String name) throws IOException {
    return Files.getLastModifiedTime(directory.resolve(name + ".data/manifest.json")).toMillis();
  }

  @Test
  void rowsThatAreAppendedWhileTheTableIsReadAreNotSeen() throws IOException {
    String id = append(0, 400);
    JobConfig config = JobConfigReader.read(config("source.table = " + table, "during"), List.of());
    // The lock is taken when the table has been opened and before its rows are read.
    DataSetEncoder encoder =
        new DataSetEncoder(
            () -> {
              append(400, 700);
              return OutputLock.of(Fence.NONE);
            });
    DataSetManifest manifest = encoder.encode(spark, config, config.output().data()).manifest();
    assertThat(snapshot()).isNotEqualTo(id);
    assertThat(manifest.snapshot().orElseThrow().id()).isEqualTo(id);
    assertThat(manifest.fingerprint())
        .isEqualTo(
            encoded(files("rows", ROWS.formatted(0, 400)), "files").path("fingerprint").asText());
  }

  /** Trains until after the first checkpoint. */
  void interrupt(JobConfig config) {
    TrainingListener killing =
        new TrainingListener() {
          @Override
          public void stepped(int epoch, int step, int of, long rows, double loss) {
            if (epoch == 1) {
              throw new IllegalStateException("killed");
            }
          }
        };
    assertThatThrownBy(() -> new TrainJob(spark, config, "test", line -> {}).run(killing))
        .hasMessage("killed");
  }

  @Test
  void anInterruptedTrainingIsResumedOnTheSnapshotThatItBeganWith() throws IOException {
    String id = append(0, 700);
    JobConfig config =
        JobConfigReader.read(
            config("source.table = " + table, "resumed"), List.of("checkpoint.steps=2"));
    interrupt(config);
    append(700, 1000);
    List<String> log = new ArrayList<>();
    new TrainJob(spark, config, "test", log::add).run(true, new TrainingListener() {});
    assertThat(log).anyMatch(line -> line.startsWith("resumed from "));
    assertThat(json(directory.resolve("resumed/manifest.json")).at("/job/source/version-as-of"))
        .hasToString('"' + id + '"');
    done(run("train", files("rows", ROWS.formatted(0, 700)), "files"));
    assertThat(tensors("resumed")).isEqualTo(tensors("files"));
    // Without --resume it starts anew, on the rows that there are now.
    Path again = config("source.table = " + table, "resumed");
    done(CommandRun.of("train", "--overwrite", "--config", again.toString()));
    assertThat(json(directory.resolve("resumed/manifest.json")).at("/job/source/version-as-of"))
        .hasToString('"' + snapshot() + '"');
  }

  @Test
  void aConditionChoosesRows() throws IOException {
    append(0, 700);
    String days = "day = '2026-03-01'";
    JsonNode some =
        encoded("source { table = " + table + ", where = [\"" + days + "\", \"n = 4\"] }", "some");
    String rows = "select * from (" + ROWS.formatted(0, 700) + ") where " + days + " or n = 4";
    JsonNode files = encoded(files("rows", rows), "files");
    assertThat(some.path("fingerprint")).isEqualTo(files.path("fingerprint"));
  }

  /** In UTC the condition is true for other rows. */
  @Test
  void statusReadsADayInTheZoneOfItsNight() throws IOException {
    append(0, 4000);
    String source =
        """
        source.time-zone = "+01:00"
        crosses = none
        nightly {
          table = %s, min-rows = 10, first-window-days = 1
          gate { min-rows = 10, min-calibration = 0.1, max-calibration = 10 }
          where = "day = '{date}' and hour(timestamp_seconds(n * 3600)) < 4"
        }
        """
            .formatted(table);
    done(run("nightly", source, "nights", "--date", "2026-03-01"));
    String other = "select * from (" + ROWS.formatted(4000, 4100) + ") where day > '2026-03-01'";
    spark.sql("insert into " + table + " " + other);
    CommandRun status = done(run("status", source, "nights"));
    assertThat(status.json().path("runs")).hasSize(1);
    assertThat(status.err()).doesNotContain("input has changed");
  }

  @Test
  void aModelIsEvaluatedAndUsedOnTheSnapshotThatItWasTrainedOn() throws IOException {
    append(0, 700);
    done(run("train", "source.table = " + table, "model"));
    String model = directory.resolve("model").toString();
    JsonNode before = done(CommandRun.of("evaluate", "--model", model)).json();
    append(700, 1000);
    JsonNode after = done(CommandRun.of("evaluate", "--model", model)).json();
    assertThat(after.path("log_loss")).isEqualTo(before.path("log_loss"));
    assertThat(after.path("rows")).isEqualTo(before.path("rows"));
    JsonNode now =
        done(CommandRun.of(
                "evaluate",
                "--model",
                model,
                "--split",
                "all",
                "--set",
                "source.version-as-of=" + snapshot()))
            .json();
    assertThat(now.path("rows").asInt()).isEqualTo(1000);
    String output = directory.resolve("scored").toString();
    done(CommandRun.of("predict", "--model", model, "--output", output));
    assertThat(spark.read().parquet(output).count()).isEqualTo(700);
  }
}
