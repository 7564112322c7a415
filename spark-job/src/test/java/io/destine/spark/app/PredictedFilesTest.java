package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How many files predict writes, and in which compression. */
class PredictedFilesTest {
  private static final String COMPRESS = "mapreduce.output.fileoutputformat.compress";

  @TempDir static Path directory;
  private static Path model;
  private static Path input;
  private static int outputs;
  private final SparkSession spark = SharedSpark.session();

  @BeforeAll
  static void train() throws IOException {
    model = ClickModel.train(directory, "model", "user", "item");
    input = directory.resolve("rows.csv");
    StringBuilder csv = new StringBuilder("id,user,item\n");
    for (int n = 0; n < 3000; n++) {
      csv.append(n).append(",v").append(n % 7).append(",v").append(n % 5).append('\n');
    }
    Files.writeString(input, csv);
  }

  @AfterEach
  void readInPartsOfTheUsualSize() {
    spark.conf().unset("spark.sql.files.maxPartitionBytes");
  }

  @Full(from = 3)
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 100})
  void fewerFilesHoldTheRowsInTheirOrder(int files) throws IOException {
    spark.conf().set("spark.sql.files.maxPartitionBytes", "3000");
    int tasks = parts(predict("csv")).size();
    assertThat(tasks).isBetween(10, 20);
    List<Path> parts = parts(predict("csv", "--files", Integer.toString(files)));
    assertThat(parts).hasSize(Math.min(files, tasks));
    List<String> ids = new ArrayList<>();
    for (Path part : parts) {
      List<List<String>> records = new Rfc4180(Files.readString(part)).records();
      records.subList(1, records.size()).forEach(row -> ids.add(row.get(0)));
    }
    List<String> expected = new ArrayList<>();
    for (int n = 0; n < 3000; n++) {
      expected.add(Integer.toString(n));
    }
    assertThat(ids).isEqualTo(expected);
  }

  @Full(from = 5)
  @ParameterizedTest
  @CsvSource({
    "parquet, zstd, zstd.parquet",
    "orc, zlib, zlib.orc",
    "csv, gzip, csv.gz",
    "json, GZIP, json.gz",
    "parquet, snappy, snappy.parquet",
    "parquet, gzip, gz.parquet",
    "parquet, lz4_raw, lz4raw.parquet",
    "parquet, none, c000.parquet",
    "orc, snappy, snappy.orc",
    "orc, zstd, zstd.orc",
    "orc, lz4, lz4.orc",
    "orc, none, c000.orc",
    "csv, bzip2, csv.bz2",
    "csv, deflate, csv.deflate",
    "csv, snappy, csv.snappy",
    "csv, lz4, csv.lz4",
    "csv, none, csv",
    "json, bzip2, json.bz2",
  })
  void rowsComeBackFromEveryCompression(String format, String compression, String end)
      throws IOException {
    CommandRun run = predict(format, "--compression", compression, "--files", "1");
    assertThat(parts(run)).singleElement().asString().endsWith(end);
    List<Row> rows =
        spark
            .read()
            .option("header", true)
            .format(format)
            .load(directory.resolve("scored" + outputs).toString())
            .select("id", "probability")
            .collectAsList();
    assertThat(rows).hasSize(3000);
    for (int n = 0; n < rows.size(); n++) {
      assertThat(rows.get(n).getString(0)).isEqualTo(Integer.toString(n));
    }
  }

  @Full(from = 2)
  @ParameterizedTest
  @ValueSource(strings = {"csv", "json"})
  void textIsCompressedByTheOptionAloneWhateverHadoopsSettings(String format) throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    hadoop.setBoolean(COMPRESS, true);
    try {
      assertThat(parts(predict(format)))
          .isNotEmpty()
          .allMatch(part -> part.toString().endsWith("." + format));
    } finally {
      hadoop.unset(COMPRESS);
    }
  }

  @Test
  void whatCannotBeWrittenIsSaidInOneLine() {
    refused(
        "error: --compression: csv has no \"gzp\"; choose one of none, gzip, bzip2, deflate,"
            + " snappy, lz4; did you mean \"gzip\"?",
        "--compression",
        "gzp");
    refused("error: --files must be 1 or more, got 0", "--files", "0");
  }

  private static void refused(String line, String... options) {
    CommandRun run = predict("csv", options);
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.err().lines()).containsExactly(line);
    assertThat(directory.resolve("scored" + outputs)).doesNotExist();
  }

  private static CommandRun predict(String format, String... options) {
    String output = directory.resolve("scored" + ++outputs).toString();
    List<String> arguments =
        new ArrayList<>(List.of("predict", "--model", model.toString(), "--format", format));
    arguments.addAll(List.of("--input", input.toString(), "--output", output));
    arguments.addAll(List.of(options));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static List<Path> parts(CommandRun run) throws IOException {
    assertThat(run.code()).as(run.err()).isZero();
    try (Stream<Path> all = Files.list(directory.resolve("scored" + outputs))) {
      return all.filter(p -> p.getFileName().toString().startsWith("part-")).sorted().toList();
    }
  }
}
