package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.spark.JavaProcess;
import io.destine.spark.SharedSpark;
import io.destine.spark.ml.PythonEnvironment;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code source.table} of a Hive metastore, in a stock distribution of Spark with Hive, pip's
 * pyspark. Needs the jar, Python and pip.
 */
@Tag("jar")
@Full
class HiveTableTest {
  private static final String ROWS =
      "select cast(id * 7 % 3 = 0 as int) as y, concat('u', id % 17) as user, id % 5 as n";

  @TempDir static Path directory;

  @BeforeAll
  static void makeTheTable() throws IOException, InterruptedException {
    PythonEnvironment.jar();
    PythonEnvironment.require();
    // As text, which Hive's own classes read.
    sql(
        "create database db; create table db.clicks (y int, user string, n bigint) partitioned by"
            + " (day string) stored as textfile; set hive.exec.dynamic.partition.mode=nonstrict;"
            + " insert into db.clicks "
            + ROWS
            + ", string(id % 2) as day from range(300)");
  }

  private static Path run(String program, List<String> words, int code)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(PythonEnvironment.program(program)));
    command.addAll(List.of("--master", "local[2]", "--driver-memory", "2g"));
    command.addAll(
        List.of("--properties-file", Path.of("../conf/spark-defaults.conf").toRealPath() + ""));
    command.addAll(List.of("--conf", "spark.sql.warehouse.dir=" + directory.resolve("warehouse")));
    command.addAll(List.of("--conf", "spark.ui.enabled=false"));
    command.addAll(List.of("--driver-java-options", JavaProcess.SHORT));
    command.addAll(words);
    Path log = directory.resolve(program + ".log");
    assertThat(PythonEnvironment.run(directory, log, command))
        .as(PythonEnvironment.end(log))
        .isEqualTo(code);
    return log;
  }

  private static void sql(String text) throws IOException, InterruptedException {
    run("spark-sql", List.of("-e", text), 0);
  }

  private static Path encode(String table, int code) throws IOException, InterruptedException {
    Path config =
        Files.writeString(
            directory.resolve("job.conf"),
            configuration("table = " + table + ", where = \"day = '1'\"", "hive"));
    String jar = PythonEnvironment.jar().toString();
    return run("spark-submit", List.of(jar, "encode", "--config", config.toString()), code);
  }

  private static String configuration(String source, String name) {
    return """
    source { %s }
    label = y
    fields = [ { name = user }, { name = n, kind = numeric } ]
    vocabulary.min-count = 1
    output.model = "%s"
    """
        .formatted(source, directory.resolve(name));
  }

  private static JsonNode manifest(String name) throws IOException {
    return new ObjectMapper().readTree(directory.resolve(name + ".data/manifest.json").toFile());
  }

  @Test
  void itsRowsAreThoseOfTheSameFilesAndOtherFilesOfThePartitionAreNoticed()
      throws IOException, InterruptedException {
    encode("db.clicks", 0);
    Path files = directory.resolve("files");
    SharedSpark.session()
        .sql("select * from (" + ROWS + ", id % 2 as day from range(300)) where day = 1")
        .drop("day")
        .write()
        .parquet(files.toString());
    Path config =
        Files.writeString(
            directory.resolve("files.conf"),
            configuration("path = \"" + files + "\", format = parquet", "files"));
    CommandRun expected = CommandRun.of("encode", "--config", config.toString());
    assertThat(expected.code()).as(expected.err()).isZero();
    String fingerprint = manifest("files").path("fingerprint").asText();
    assertThat(manifest("hive").path("fingerprint").asText()).isEqualTo(fingerprint);

    String made = manifest("hive").path("encoding_fingerprint").asText();
    sql("insert into db.clicks partition (day = '1') " + ROWS + " from range(300, 310)");
    encode("db.clicks", 0);
    assertThat(manifest("hive").path("encoding_fingerprint").asText()).isNotEqualTo(made);
    assertThat(manifest("hive").at("/rows").toString())
        .isNotEqualTo(manifest("files").at("/rows").toString());
    made = manifest("hive").path("encoding_fingerprint").asText();
    sql("insert into db.clicks partition (day = '0') " + ROWS + " from range(300, 310)");
    encode("db.clicks", 0);
    assertThat(manifest("hive").path("encoding_fingerprint").asText()).isEqualTo(made);
  }

  @Test
  void otherFilesOfTheSecondTableOfAViewAreNoticed() throws IOException, InterruptedException {
    sql(
        "create database views; create table views.more (y int, user string, n bigint, day string)"
            + " stored as textfile; insert into views.more "
            + ROWS
            + ", '1' from range(100);"
            + " create view views.both as"
            + " select * from db.clicks union all select * from views.more");
    encode("views.both", 0);
    String made = manifest("hive").path("encoding_fingerprint").asText();
    encode("views.both", 0);
    assertThat(manifest("hive").path("encoding_fingerprint").asText()).isNotEmpty().isEqualTo(made);
    sql("insert into views.more " + ROWS + ", '1' from range(100, 110)");
    encode("views.both", 0);
    assertThat(manifest("hive").path("encoding_fingerprint").asText()).isNotEqualTo(made);
  }

  @Test
  void aTableThatIsNotThereIsNamedWithThoseThatAre() throws IOException, InterruptedException {
    assertThat(encode("db.clickz", 2))
        .content()
        .contains("table db.clickz not found; did you mean \"clicks\"?; tables in db: clicks")
        .doesNotContain("no Hive metastore");
  }
}
