package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows come out of predict as they went in: all of them, in order, with their values. */
class PredictedRowsTest {
  @TempDir static Path directory;
  private static Path model;

  @BeforeAll
  static void train() throws IOException {
    model = ClickModel.train(directory, "model", "user", "item");
  }

  @Test
  void aRowThatCannotBeReadKeepsItsPlaceWithAReason() throws IOException {
    Path input = directory.resolve("ragged.csv");
    Files.writeString(input, "user,item\nv1,v1\nv2,never seen\n,v3\nv4\nv5,v5,\"v,6\"\nv6,v6\n");
    for (String format : List.of("parquet", "orc", "csv", "json")) {
      Path output = directory.resolve("ragged-" + format);
      CommandRun run = predict(input, output, format);
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.err())
          .contains("6 rows in " + output)
          .contains("warning: 2 of 6 rows have no probability")
          .contains("v4");
      assertThat(run.json().get("rows").asInt()).isEqualTo(6);
      assertThat(run.json().get("rows_without_probability").asInt()).isEqualTo(2);
      List<Row> rows =
          SharedSpark.session()
              .read()
              .option("header", true)
              .option("escape", "\"")
              .format(format)
              .load(output.toString())
              .select("user", "item", "probability", "probability_reason")
              .collectAsList();
      assertThat(rows).hasSize(6);
      assertThat(rows.stream().map(row -> row.getString(0)).toList())
          .containsExactly("v1", "v2", null, "v4", "v5", "v6");
      for (int i = 0; i < 6; i++) {
        boolean bad = i == 3 || i == 4;
        assertThat(rows.get(i).isNullAt(2)).as(format + i).isEqualTo(bad);
        assertThat(rows.get(i).isNullAt(3)).as(format + i).isEqualTo(!bad);
        if (!bad) {
          assertThat(Double.parseDouble(rows.get(i).get(2).toString())).isBetween(0.0, 1.0);
        }
      }
      assertThat(rows.get(4).getString(3)).contains("v5,v5,\"v,6\"");
    }
  }

  /** Random combinations of awkward texts, read back with the test's own reader. */
  @Test
  void csvIsReadBackByTheRulesOfRfc4180WithEveryValueUntouched() throws IOException {
    List<String> pieces =
        List.of(
            "\"",
            "\"\"",
            ",",
            "\n",
            "\r",
            "\r\n",
            " ",
            "\t",
            "\\",
            "\\\"",
            "\\n",
            "'",
            "#",
            "é",
            "\u0001",
            "\u0000",
            "a",
            "NULL",
            "\ud83d\ude00",
            "\ufeff",
            ";",
            "\u00a0",
            "\u2028");
    Random random = new Random(7);
    List<List<String>> written = new ArrayList<>();
    pieces.forEach(piece -> written.add(Arrays.asList(piece, "v1")));
    pieces.forEach(piece -> written.add(Arrays.asList("v1", piece)));
    for (int n = 0; n < 1500; n++) {
      written.add(Arrays.asList(text(pieces, random), text(pieces, random)));
    }
    StructType schema =
        new StructType().add("user", DataTypes.StringType).add("item", DataTypes.StringType);
    Path input = directory.resolve("awkward.parquet");
    SharedSpark.session()
        .createDataFrame(written.stream().map(v -> RowFactory.create(v.toArray())).toList(), schema)
        .coalesce(1)
        .write()
        .parquet(input.toString());
    Path output = directory.resolve("awkward-csv");
    CommandRun run = predict(input, output, "csv", "--set", "source.format=parquet");
    assertThat(run.code()).as(run.err()).isZero();
    List<List<String>> read = new Rfc4180(onlyPart(output)).records();
    assertThat(read.get(0)).containsExactly("user", "item", "probability", "probability_reason");
    assertThat(read).hasSize(written.size() + 1);
    for (int n = 0; n < written.size(); n++) {
      assertThat(read.get(n + 1).subList(0, 2)).as("row " + n).isEqualTo(written.get(n));
    }
  }

  private static String text(List<String> pieces, Random random) {
    if (random.nextInt(20) == 0) {
      return random.nextBoolean() ? null : "";
    }
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(5); n >= 0; n--) {
      text.append(pieces.get(random.nextInt(pieces.size())));
    }
    return text.toString();
  }

  /** Types that a text file cannot hold come back from Parquet and ORC, all of them from JSON. */
  @Full(from = 2)
  @ParameterizedTest
  @ValueSource(strings = {"parquet", "orc", "json", "csv"})
  void valuesOfEveryTypeAreUntouched(String format) throws IOException {
    boolean nested = !format.equals("csv");
    Dataset<Row> table =
        SharedSpark.session()
            .sql(
                """
                SELECT concat('v', id % 9) AS user, concat('v', id % 5) AS item, id AS position,
                  cast(id AS double) / 3 AS d, cast(id AS float) / 7 AS f,
                  cast(id AS decimal(38, 10)) / 7 AS m, id % 2 = 0 AS b, cast(id AS smallint) AS s,
                  date_add(date'1999-12-25', cast(id AS int)) AS day,
                  timestamp_micros(id * 1234567890123) AS time,
                  timestamp_ntz'2024-03-31 02:30:00.123456' AS local,
                  if(id % 4 = 0, null, 'x') AS gap
                """
                    + (nested
                        ? """
                        , array('a', null, string(id)) AS list, map('k', id) AS map,
                        named_struct('a b', id, 'c.d', array(id)) AS struct
                        """
                        : "")
                    + " FROM range(0, 3000, 1, 1)");
    if (format.equals("orc") || format.equals("parquet")) {
      table = table.selectExpr("*", "encode(user, 'UTF-8') AS bytes");
    }
    Path input = directory.resolve("types for " + format);
    table.write().parquet(input.toString());
    Path output = directory.resolve("types-" + format);
    CommandRun run = predict(input, output, format, "--set", "source.format=parquet");
    assertThat(run.code()).as(run.err()).isZero();
    Dataset<Row> back =
        SharedSpark.session()
            .read()
            .schema(table.schema())
            .option("header", true)
            .format(format)
            .load(output.toString())
            .select("*");
    Dataset<Row> expected = SharedSpark.session().read().parquet(input.toString());
    assertThat(back.collectAsList()).isEqualTo(expected.collectAsList());
  }

  /** Berlin's clocks were 53 minutes and 28 seconds ahead of Greenwich until 1893. */
  @ParameterizedTest
  @ValueSource(strings = {"json", "csv"})
  void offsetsKeepTheirSeconds(String format) throws IOException {
    Path input = directory.resolve("old for " + format);
    SharedSpark.session()
        .sql(
            "SELECT 'v1' AS user, 'v2' AS item, timestamp_seconds(-2500000000 + id) AS time FROM range(3)")
        .write()
        .orc(input.toString());
    Path output = directory.resolve("old-" + format);
    CommandRun run =
        predict(
            input,
            output,
            format,
            "--set",
            "source.format=orc",
            "--set",
            "source.time-zone=Europe/Berlin");
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(
            SharedSpark.session()
                .read()
                .schema("user string, item string, time timestamp")
                .option("header", true)
                .format(format)
                .load(output.toString())
                .selectExpr("unix_seconds(time)")
                .as(Encoders.LONG())
                .collectAsList())
        .containsExactlyInAnyOrder(-2500000000L, -2499999999L, -2499999998L);
  }

  @Test
  void rowsOfOneFileKeepTheirOrderAndNoneIsLost() throws IOException {
    StringBuilder csv = new StringBuilder("user,item,position\n");
    for (int n = 0; n < 20_000; n++) {
      csv.append('v').append(n % 11).append(",v").append(n % 3).append(',').append(n);
      csv.append(n % 1000 == 17 ? ",one too many\n" : "\n");
    }
    Path input = directory.resolve("long.csv");
    Files.writeString(input, csv);
    Path output = directory.resolve("long-csv");
    SharedSpark.session().conf().set("spark.sql.files.maxPartitionBytes", "40000");
    CommandRun run;
    try {
      run = predict(input, output, "csv");
    } finally {
      SharedSpark.session().conf().unset("spark.sql.files.maxPartitionBytes");
    }
    assertThat(run.code()).as(run.err()).isZero();
    List<List<String>> read = new ArrayList<>();
    List<Path> parts = parts(output);
    assertThat(parts).hasSizeGreaterThan(3);
    for (Path part : parts) {
      List<List<String>> records = new Rfc4180(Files.readString(part)).records();
      read.addAll(records.subList(1, records.size()));
    }
    assertThat(read).hasSize(20_000);
    for (int n = 0; n < read.size(); n++) {
      assertThat(read.get(n).get(2)).isEqualTo(Integer.toString(n));
      assertThat(read.get(n).get(3) == null).isEqualTo(n % 1000 == 17);
    }
    assertThat(run.json().get("rows_without_probability").asInt()).isEqualTo(20);
  }

  @Test
  void columnsThatTheFormatCannotHoldAreNamedBeforeAnythingIsWritten() throws IOException {
    Path input = directory.resolve("lists.parquet");
    SharedSpark.session()
        .sql("SELECT 'v1' AS user, 'v2' AS item, array(1, 2) AS tags")
        .write()
        .parquet(input.toString());
    Path output = directory.resolve("lists-csv");
    CommandRun run = predict(input, output, "csv", "--set", "source.format=parquet");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err().lines())
        .containsExactly(
            "error: column \"tags\" of type array<int> cannot be written as csv; use --format"
                + " parquet or json");
    assertThat(output).doesNotExist();
  }

  @Test
  void missingColumnsAndNamesThatPredictUsesAreSaidInOneLineEach() throws IOException {
    Path input = directory.resolve("others.csv");
    Files.writeString(input, "usr,Item,Probability\nv1,v2,0.5\n");
    Path output = directory.resolve("others");
    CommandRun run = predict(input, output, "csv");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors())
        .containsExactly(
            "error: column \"user\" not found in "
                + input
                + "; columns: usr, Item, Probability;"
                + " did you mean \"usr\"?",
            "error: column \"item\" not found in "
                + input
                + "; columns: usr, Item, Probability;"
                + " did you mean \"Item\"?",
            "error: "
                + input
                + " has a column \"Probability\", which is the name of an output"
                + " column of predict; rename it or choose another --probability-column");
    assertThat(run.err().lines()).hasSize(3);
    assertThat(output).doesNotExist();
  }

  @Test
  void columnsThatTheModelDoesNotKnowAreKept() throws IOException {
    Path input = directory.resolve("extra.csv");
    Files.writeString(input, "note,item,user,clicked\n  two  words ,v1,v2,maybe\n");
    Path output = directory.resolve("extra");
    CommandRun run = predict(input, output, "csv");
    assertThat(run.code()).as(run.err()).isZero();
    List<List<String>> read = new Rfc4180(onlyPart(output)).records();
    assertThat(read.get(1).subList(0, 4)).containsExactly("  two  words ", "v1", "v2", "maybe");
  }

  private static CommandRun predict(Path input, Path output, String format, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("predict", "--model", model.toString(), "--format", format));
    arguments.addAll(List.of("--input", input.toString(), "--output", output.toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static String onlyPart(Path output) throws IOException {
    List<Path> parts = parts(output);
    assertThat(parts).hasSize(1);
    return new String(Files.readAllBytes(parts.get(0)), StandardCharsets.UTF_8);
  }

  private static List<Path> parts(Path output) throws IOException {
    try (Stream<Path> all = Files.list(output)) {
      return all.filter(p -> p.getFileName().toString().startsWith("part-")).sorted().toList();
    }
  }
}
