package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Predictions of tables whose columns have names that SQL, JSON or csv would take for syntax. */
class OddColumnNamesTest {
  private static final String[] PIECES = {
    "a", "B", ".", "`", "``", "\"", "'", " ", ",", ";", "(", ")", "{", "}", "[0]", "=", "\\", "*",
    "%", "$", "#", "/", ":", "é", "\t", "--", "<", ">", "@", "!", "&", "|", "1"
  };

  @TempDir static Path directory;
  private static Path model;
  private static Path oddModel;

  @BeforeAll
  static void train() throws IOException {
    model = ClickModel.train(directory, "model", "user", "item");
    oddModel = ClickModel.train(directory, "odd", "a.b", "back`tick", "say \"x\"", "a b,c");
  }

  @Test
  void fieldsOfOddNamesAreScoredAndABadRowStays() throws IOException {
    Path input = directory.resolve("fields.csv");
    Files.writeString(
        input,
        """
        note,"a.b","back`tick","say ""x""\","a b,c"
        first,v1,v2,v3,v4
        second,v1,v2
        third,v4,v3,v2,v1
        """);
    for (String format : List.of("csv", "parquet", "json")) {
      Path output = directory.resolve("fields-" + format);
      CommandRun run = predict(oddModel, input, output, format);
      assertThat(run.code()).as(run.err()).isZero();
      List<Row> rows =
          SharedSpark.session()
              .read()
              .option("header", true)
              .option("escape", "\"")
              .format(format)
              .load(output.toString())
              .select("note", "`a.b`", "`back``tick`", "`say \"x\"`", "`a b,c`", "probability")
              .collectAsList();
      assertThat(rows.stream().map(row -> row.getString(0)).toList())
          .containsExactly("first", "second", "third");
      assertThat(rows.get(2).getString(2)).isEqualTo("v3");
      assertThat(rows.stream().map(row -> row.isNullAt(5)).toList())
          .containsExactly(false, true, false);
    }
  }

  @Test
  void manyRandomNamesComeOutAsTheyWentIn() throws IOException {
    Random random = new Random(11);
    int tables = Full.Tier.size("tables of random names of OddColumnNamesTest", 12, 4);
    for (int n = 0; n < tables; n++) {
      List<String> names = names(random);
      StructType schema = new StructType();
      for (String name : names) {
        schema = schema.add(name, DataTypes.StringType);
      }
      List<Row> rows = new ArrayList<>();
      for (int r = 0; r < 3; r++) {
        int row = r;
        rows.add(RowFactory.create(names.stream().map(name -> name + row).toArray()));
      }
      Path input = directory.resolve("random " + n);
      SharedSpark.session().createDataFrame(rows, schema).coalesce(1).write().parquet(input + "");
      String format = List.of("csv", "parquet", "json", "orc").get(n % 4);
      Path output = directory.resolve("random-out " + n);
      CommandRun run = predict(model, input, output, format, "--set", "source.format=parquet");
      if (run.code() != 0) {
        // ORC has no way to write some names.
        assertThat(format).as(names + run.err()).isEqualTo("orc");
        assertThat(run.code()).as(names + run.err()).isEqualTo(2);
        assertThat(run.err().lines())
            .as(run.err())
            .allMatch(line -> line.startsWith("error: ") && line.contains("orc"));
        assertThat(output).doesNotExist();
        continue;
      }
      List<String> expected = new ArrayList<>(names);
      expected.addAll(List.of("probability", "probability_reason"));
      if (format.equals("csv")) {
        List<List<String>> read = new Rfc4180(part(output)).records();
        assertThat(read.get(0)).isEqualTo(expected);
        assertThat(read).hasSize(4);
        assertThat(read.get(3).get(0)).isEqualTo(names.get(0) + 2);
      } else {
        List<Row> read =
            SharedSpark.session().read().format(format).load(output + "").collectAsList();
        assertThat(read).hasSize(3);
        assertThat(read.get(0).schema().fieldNames()).containsExactlyInAnyOrderElementsOf(expected);
        for (String name : names) {
          assertThat(read.get(2).<String>getAs(name)).isEqualTo(name + 2);
        }
      }
    }
  }

  @Test
  void namesThatDifferOnlyByCaseLoseNothing() throws IOException {
    Path input = directory.resolve("cases.csv");
    Files.writeString(input, "user,item,Note,note\nv1,v2,first,second\n");
    for (String format : List.of("csv", "parquet", "json", "orc")) {
      Path output = directory.resolve("cases-" + format);
      CommandRun run = predict(model, input, output, format);
      if (run.code() != 0) {
        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.err().lines()).as(run.err()).hasSize(1);
        assertThat(run.err()).containsIgnoringCase("note");
        assertThat(output).doesNotExist();
      } else {
        assertThat(format).isEqualTo("csv");
        assertThat(new Rfc4180(part(output)).records().get(1)).startsWith("v1", "v2", "first");
      }
    }
  }

  private static List<String> names(Random random) {
    Set<String> folded = new TreeSet<>(List.of("user", "item"));
    List<String> names = new ArrayList<>(List.of("user", "item"));
    while (names.size() < 12) {
      StringBuilder name = new StringBuilder();
      for (int k = random.nextInt(4); k >= 0; k--) {
        name.append(PIECES[random.nextInt(PIECES.length)]);
      }
      if (folded.add(name.toString().toLowerCase(Locale.ROOT))) {
        names.add(random.nextInt(names.size()), name.toString());
      }
    }
    return names;
  }

  private static CommandRun predict(
      Path model, Path input, Path output, String format, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("predict", "--model", model.toString(), "--format", format));
    arguments.addAll(List.of("--input", input.toString(), "--output", output.toString()));
    arguments.addAll(List.of(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  private static String part(Path output) throws IOException {
    try (Stream<Path> all = Files.list(output)) {
      Path part =
          all.filter(p -> p.getFileName().toString().startsWith("part-")).findFirst().orElseThrow();
      return Files.readString(part);
    }
  }
}
