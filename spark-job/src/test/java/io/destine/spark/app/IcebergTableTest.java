package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfigReader;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code source.table} of an Iceberg catalog. */
@Full
class IcebergTableTest extends SnapshotTables {
  IcebergTableTest() {
    super("iceberg", SharedSpark.ICEBERG + ".app.clicks");
  }

  @Override
  void requireFormat() {
    SharedSpark.requireIceberg();
  }

  @Override
  String snapshot() {
    return String.valueOf(
        spark
            .sql("select snapshot_id from " + table + ".refs where name = 'main'")
            .first()
            .getLong(0));
  }

  @Test
  void anOlderSnapshotIsReadByIdTagBranchAndTime()
      throws IOException, InterruptedException, ReflectiveOperationException {
    String old = append(0, 400);
    String time = now();
    name("createTag", "release-1", old);
    name("createBranch", "audit", old);
    assertOldRows(
        old, "version-as-of = " + old, "version-as-of = release-1", "version-as-of = audit", time);
  }

  @Test
  void aTrainingIsNotResumedOnOtherRowsOfItsBranch()
      throws IOException, ReflectiveOperationException {
    String old = append(0, 400);
    name("createBranch", "audit", old);
    Path file = config("source { table = " + table + ", version-as-of = audit }", "moved");
    interrupt(JobConfigReader.read(file, List.of("checkpoint.steps=2")));
    name("replaceBranch", "audit", append(400, 700));
    CommandRun resumed = CommandRun.of("train", "--resume", "--config", file.toString());
    assertThat(resumed.code()).as(resumed.err()).isEqualTo(2);
    assertThat(resumed.err()).contains("these checkpoints belong to another training run");
    CommandRun pinned =
        CommandRun.of(
            "train",
            "--resume",
            "--config",
            file.toString(),
            "--set",
            "source.version-as-of=" + old);
    assertThat(pinned.code()).as(pinned.err()).isZero();
    assertThat(pinned.err()).contains("resumed from ");
  }

  /**
   * Names a snapshot by Iceberg's own interface, which is there for some versions of Spark only.
   */
  private void name(String method, String name, String snapshot)
      throws ReflectiveOperationException {
    Object table =
        Class.forName("org.apache.iceberg.hadoop.HadoopTables")
            .getConstructor(Configuration.class)
            .newInstance(SharedSpark.context().hadoopConfiguration());
    Object loaded =
        table
            .getClass()
            .getMethod("load", String.class)
            .invoke(table, "target/iceberg-warehouse-" + SharedSpark.FORK + "/app/clicks");
    Object snapshots =
        Class.forName("org.apache.iceberg.Table").getMethod("manageSnapshots").invoke(loaded);
    Class<?> type = Class.forName("org.apache.iceberg.ManageSnapshots");
    type.getMethod(method, String.class, long.class)
        .invoke(snapshots, name, Long.parseLong(snapshot));
    type.getMethod("commit").invoke(snapshots);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version-as-of = 17 | clicks has no snapshot 17 (any more); it has none",
        "version-as-of = main | has no tag or branch \"main\"; it has none",
        "timestamp-as-of = \"2026-01-01\" | clicks had no snapshot at 2026-01-01; it has none",
      })
  void aTableWithoutSnapshotsIsNamed(String setting, String line) throws IOException {
    CommandRun run = run("encode", "source { table = " + table + ", " + setting + " }", "bad");
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.errors()).singleElement().asString().endsWith(line);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version-as-of = 17 | table lake.app.clicks has no snapshot 17 (any more); its newest",
        "version-as-of = relaese | has no tag or branch \"relaese\"; it has main",
        "timestamp-as-of = soon | \"soon\" is not a time",
        "timestamp-as-of = \"2001-01-01\" | had no snapshot at 2001-01-01; its first one is from 2",
        "where = \"dy = '2026-03-01'\" | source.where = \"dy = '2026-03-01'\": on table lake",
        "where = \"day = = 1\" | source.where = \"day = = 1\": on table lake.app.clicks: Syntax",
        "where = \"n\" | source.where = \"n\": on table lake.app.clicks: ",
      })
  void aStateOrConditionThatIsNoneIsNamedInOneLine(String setting, String line) throws IOException {
    assertRefused(setting, line);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lake.app.click | not found; did you mean \"clicks\"?; tables in lake.app: clicks",
        "lake.ap.clicks | not found; catalog lake has the databases app",
        "sea.app.clicks | not found; there is no catalog sea; define it with the"
            + " setting spark.sql.catalog.sea",
        "spark_catalog.nodb.clicks | not found; catalog spark_catalog has the databases default",
        "nodb.clicks | not found; there is no database or catalog nodb; databases: default",
        "lake.app. | source.table: table lake.app.: ",
      })
  void aTableThatIsNotThereIsNamedWithThoseThatAre(String table, String line) throws IOException {
    CommandRun run = run("encode", "source.table = \"" + table + "\"", "bad");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors()).singleElement().asString().contains(line);
  }
}
