package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.spark.source.CatalogTable;
import io.destine.testing.Full;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code source.table} of a table of Delta, in a JVM whose sessions have Delta's settings. */
@Full
@Tag("delta")
class DeltaTableTest extends SnapshotTables {
  DeltaTableTest() {
    super("delta", "deltas.clicks");
  }

  @Override
  void requireFormat() {
    boolean there =
        DeltaTableTest.class.getClassLoader().getResource("io/delta/tables/DeltaTable.class")
            != null;
    assumeTrue(there, "not for this Spark: no delta-spark here");
  }

  @Override
  String snapshot() {
    long version =
        spark.sql("describe history " + table + " limit 1").first().<Long>getAs("version");
    return String.valueOf(version);
  }

  @Test
  void anOlderSnapshotIsReadByNumberAndTime() throws IOException, InterruptedException {
    String old = append(0, 400);
    assertThat(old).isEqualTo("1");
    assertOldRows(old, "version-as-of = 1", now());
  }

  @Test
  void aTableIsReadByItsPath() throws IOException {
    append(0, 400);
    String path = spark.sql("describe detail " + table).select("location").first().getString(0);
    JsonNode byPath = encoded("source.table = \"delta.`" + path + "`\"", "path");
    append(400, 500);
    assertThat(byPath.at("/source/snapshot").asText()).isEqualTo("1");
    JsonNode byName = encoded("source { table = " + table + ", version-as-of = 1 }", "name");
    assertThat(byPath.path("fingerprint")).isEqualTo(byName.path("fingerprint"));
  }

  @Test
  void aTableThatIsCreatedAgainIsEncodedAgain() throws IOException {
    append(0, 400);
    JsonNode first = encoded("source.table = " + table, "again");
    dropTheTable();
    makeTheTable();
    append(400, 800);
    JsonNode second = encoded("source.table = " + table, "again");
    assertThat(second.at("/source/snapshot")).isEqualTo(first.at("/source/snapshot"));
    assertThat(second.path("fingerprint")).isNotEqualTo(first.path("fingerprint"));
  }

  @Test
  void itsPartitionsAreNamed() {
    append(0, 4);
    assertThat(CatalogTable.of(spark, table).partitions())
        .hasSize(4)
        .first()
        .isEqualTo("{\"day\":\"2026-03-01\"}");
    spark.sql("create or replace table " + table + " (y int) using delta");
    assertThat(CatalogTable.of(spark, table).partitions()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version-as-of = 17 | table deltas.clicks has no snapshot 17 (any more); its newest",
        "version-as-of = main | has no tag or branch \"main\"; it has none",
        "timestamp-as-of = soon | \"soon\" is not a time",
        "timestamp-as-of = \"2001-01-01\" | had no snapshot at 2001-01-01; its first one is from 2",
        "where = \"dy = '2026-03-01'\" | source.where = \"dy = '2026-03-01'\": on table deltas",
      })
  void aStateOrConditionThatIsNoneIsNamedInOneLine(String setting, String line) throws IOException {
    assertRefused(setting, line);
  }
}
