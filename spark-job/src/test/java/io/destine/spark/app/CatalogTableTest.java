package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.spark.SharedSpark;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code source.table}: rows of a table that Spark's catalog knows by name. */
class CatalogTableTest {
  private static final String TABLE = "clicks_of_the_catalog";

  @TempDir Path directory;
  private SparkSession spark;

  @BeforeEach
  void saveTheSameRowsTwice() {
    spark = SharedSpark.session();
    spark.sql("drop table if exists " + TABLE);
    Dataset<Row> rows =
        spark.sql(
            "select cast(id % 3 = 0 as int) as y, concat('u', id % 17) as user, id % 5 as n,"
                + " split(concat('a', id % 4, '|b', id % 6), '[|]') as tags from range(200)");
    rows.write().option("path", directory.resolve("table").toString()).saveAsTable(TABLE);
    rows.write().parquet(directory.resolve("files").toString());
  }

  @AfterEach
  void dropTheTable() {
    spark.sql("drop table if exists " + TABLE);
  }

  private CommandRun encode(String source, String data) throws IOException {
    return run("encode", source, data);
  }

  private CommandRun run(String command, String source, String data) throws IOException {
    Path config = directory.resolve(data + ".conf");
    Files.writeString(
        config,
        """
        %s
        label = y
        fields = [ { name = user }, { name = n, kind = numeric }, { name = tags, kind = multi } ]
        vocabulary.min-count = 1
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
        train { batch-size = 64, epochs = 1, blocks-per-step = 4 }
        output { model = "%s", data = "%s" }
        """
            .formatted(source, directory.resolve("model"), directory.resolve(data)));
    return CommandRun.of(command, "--config", config.toString());
  }

  private JsonNode encoded(String source, String data) throws IOException {
    CommandRun run = encode(source, data);
    assertThat(run.code()).as(run.err()).isZero();
    return new ObjectMapper().readTree(directory.resolve(data).resolve("manifest.json").toFile());
  }

  @Test
  void aTableGivesTheDataSetOfTheSameRowsByPath() throws IOException {
    JsonNode files =
        encoded(
            "source { path = \"" + directory.resolve("files") + "\", format = parquet }",
            "by-path");
    JsonNode table = encoded("source.table = " + TABLE, "by-name");
    for (String key : new String[] {"fingerprint", "vocabulary_fingerprint"}) {
      assertThat(table.path(key).asText()).as(key).isNotEmpty().isEqualTo(files.path(key).asText());
    }
  }

  @Test
  void aTableThatIsNotThereIsNamedInOneLine() throws IOException {
    CommandRun run = encode("source.table = clicks_of_nobody", "none");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors())
        .singleElement()
        .asString()
        .contains(
            "source.table: table clicks_of_nobody not found; tables in database default: ",
            TABLE,
            "; this session has no Hive metastore: Spark's Hive jars (spark-hive) are not on its");
    assertThat(run.err()).doesNotContain("\tat ");
  }

  @Test
  void aModelIsUsedOnRowsOfATable() throws IOException {
    CommandRun trained = run("train", "source.table = " + TABLE, "trained");
    assertThat(trained.code()).as(trained.err()).isZero();
    String model = directory.resolve("model").toString();
    CommandRun some =
        CommandRun.of("evaluate", "--model", model, "--table", TABLE, "--where", "n < 2");
    assertThat(some.code()).as(some.err()).isZero();
    assertThat(some.json().path("rows").asInt()).isEqualTo(80);
    assertThat(some.json().path("split").asText()).isEqualTo("all");
    String output = directory.resolve("scored").toString();
    CommandRun scored =
        CommandRun.of(
            "predict", "--model", model, "--table", TABLE, "--where", "n < 2", "--output", output);
    assertThat(scored.code()).as(scored.err()).isZero();
    assertThat(spark.read().parquet(output).count()).isEqualTo(80);

    CommandRun both =
        CommandRun.of("evaluate", "--model", model, "--table", TABLE, "--input", "rows");
    assertThat(both.code()).isEqualTo(2);
    assertThat(both.errors()).singleElement().asString().contains("--table: given together with");
    CommandRun none = CommandRun.of("evaluate", "--model", model, "--where", "n < 2");
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.errors()).singleElement().asString().contains("--where is for --table");
  }

  @Full(from = 3)
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rand() > 0.5 | rand(",
        "n in (select floor(rand() * 3) from range(3)) | IN (",
        "n < 2 or uuid() > 'a' | uuid(",
        "monotonically_increasing_id() < 9 | monotonically_increasing_id()",
        "current_date() > date('2026-01-01') | current_date()",
        "now() > timestamp('2026-01-01') | now()",
      })
  void aConditionThatIsNotDeterministicIsRefused(String where, String part) throws IOException {
    CommandRun run =
        encode("source { table = " + TABLE + ", where = \"" + where + "\" }", "changing");
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.errors())
        .singleElement()
        .asString()
        .contains("source.where = \"" + where + "\": ", "has a different value each time")
        .containsIgnoringCase(part);
    assertThat(directory.resolve("changing")).doesNotExist();
  }

  /** The manifest lists the files of the partitions that the condition selects. */
  @Test
  void anEncodedDataSetIsUsedAgainUntilThePartitionHasOtherFiles() throws IOException {
    spark.sql("drop table " + TABLE);
    spark.sql(
        "create table "
            + TABLE
            + " using parquet partitioned by (day) location '"
            + directory.resolve("days")
            + "' as select y, user, n, tags, string(n % 2) as day from parquet.`"
            + directory.resolve("files")
            + "`");
    String source = "source { table = " + TABLE + ", where = \"day = '1'\" }";
    String made = encoded(source, "data").path("encoding_fingerprint").asText();
    insert("0");
    assertThat(encoded(source, "data").path("encoding_fingerprint").asText()).isEqualTo(made);
    insert("1");
    assertThat(encoded(source, "data").path("encoding_fingerprint").asText()).isNotEqualTo(made);
  }

  @Test
  void anEncodedDataSetOfAViewIsUsedAgainUntilItsDefinitionOrAFileChanges() throws IOException {
    String view = "view_of_" + TABLE;
    try {
      String columns = " as select y, user, n, tags from " + TABLE;
      spark.sql("create view " + view + columns);
      String made = encoding(view);
      spark.sql("create or replace view " + view + columns);
      assertThat(encoding(view)).isEqualTo(made);
      spark.sql("create or replace view " + view + columns + " where n < 3");
      String fewer = encoding(view);
      assertThat(fewer).isNotEqualTo(made);
      spark.sql("insert into " + TABLE + " select 1, 'u1', 1, array('a') from range(3)");
      assertThat(encoding(view)).isNotEqualTo(fewer);
      String all = " as select y, user, string(n), n, tags from " + TABLE;
      spark.sql("create or replace view " + view + " (y, user, other, n, tags)" + all);
      String one = encoding(view);
      spark.sql("create or replace view " + view + " (y, other, user, n, tags)" + all);
      assertThat(encoding(view)).isNotEqualTo(one);
    } finally {
      spark.sql("drop view if exists " + view);
    }
  }

  private String encoding(String view) throws IOException {
    return encoded("source.table = " + view, "data").path("encoding_fingerprint").asText();
  }

  /** Changes of rows that are in no file cannot be detected. */
  @Test
  void anEncodedDataSetOfAViewOfFilesAndOtherRowsIsNotUsedAgain() throws IOException {
    String view = "view_of_" + TABLE;
    try {
      spark.range(5).toDF("n").createOrReplaceTempView("numbers");
      spark.sql(
          "create temporary view "
              + view
              + " as select * from "
              + TABLE
              + " where n in (select n from numbers)");
      assertThat(encoding(view)).isEmpty();
    } finally {
      spark.catalog().dropTempView(view);
      spark.catalog().dropTempView("numbers");
    }
  }

  private void insert(String day) {
    spark.sql(
        "insert into " + TABLE + " select 1, 'u1', 1, array('a'), '" + day + "' from range(3)");
  }
}
