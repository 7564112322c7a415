package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.spark.SharedSpark;
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
    Path config = directory.resolve(data + ".conf");
    Files.writeString(
        config,
        """
        %s
        label = y
        fields = [ { name = user }, { name = n, kind = numeric }, { name = tags, kind = multi } ]
        vocabulary.min-count = 1
        train.blocks-per-step = 4
        output { model = "%s", data = "%s" }
        """
            .formatted(source, directory.resolve("model"), directory.resolve(data)));
    return CommandRun.of("encode", "--config", config.toString());
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
        .contains("source.table: table clicks_of_nobody not found");
    assertThat(run.err()).doesNotContain("\tat ");
  }
}
