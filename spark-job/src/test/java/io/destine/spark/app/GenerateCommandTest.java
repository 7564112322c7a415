package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.spark.SharedSpark;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerateCommandTest {
  private static final String[] MIXED = {
    "--shape=plain",
    "--rows=600",
    "--fields=2",
    "--numeric=1",
    "--cardinality=9",
    "--multi",
    "--vector=2",
    "--days=6",
    "--teacher-column"
  };

  @TempDir static Path directory;

  @BeforeAll
  static void startSpark() {
    SharedSpark.session();
  }

  private static CommandRun generate(Path output, String[] options, String... more) {
    List<String> arguments = new ArrayList<>(List.of("generate", "--output", output.toString()));
    arguments.addAll(Arrays.asList(options));
    arguments.addAll(Arrays.asList(more));
    return CommandRun.of(arguments.toArray(new String[0]));
  }

  private static JsonNode succeeds(CommandRun run) throws IOException {
    assertThat(run.code()).as(run.err()).isZero();
    return run.json();
  }

  private static void refused(CommandRun run, String line) {
    assertThat(run.code()).as(run.err()).isEqualTo(2);
    assertThat(run.err().lines().filter(l -> !l.startsWith("Try "))).containsExactly(line);
  }

  private static long partFiles(Path output) throws IOException {
    try (Stream<Path> all = Files.list(output)) {
      return all.filter(file -> file.getFileName().toString().startsWith("part-")).count();
    }
  }

  /** Rows as text, lists joined by "|". */
  private static List<String> text(Dataset<Row> rows) {
    List<String> lines = new ArrayList<>();
    for (Row row : rows.collectAsList()) {
      List<String> values = new ArrayList<>();
      for (int i = 0; i < row.length(); i++) {
        values.add(
            row.get(i) instanceof scala.collection.Seq<?>
                ? String.join("|", row.getList(i).stream().map(String::valueOf).toList())
                : String.valueOf(row.get(i)));
      }
      lines.add(String.join(",", values));
    }
    return lines;
  }

  @Test
  void everyFormatAndNumberOfFilesHoldsTheSameRows() throws IOException {
    Path parquet = directory.resolve("mixed.parquet");
    Path orc = directory.resolve("mixed.orc");
    Path csv = directory.resolve("mixed.csv");
    succeeds(generate(parquet, MIXED, "--files=1"));
    succeeds(generate(orc, MIXED, "--format=orc", "--files=3"));
    succeeds(generate(csv, MIXED, "--format=csv", "--files=7"));
    assertThat(List.of(partFiles(parquet), partFiles(orc), partFiles(csv)))
        .containsExactly(1L, 3L, 7L);
    Dataset<Row> rows = SharedSpark.session().read().parquet(parquet.toString());
    assertThat(rows.columns())
        .containsExactly("label", "day", "n1", "c1", "c2", "tags", "image", "teacher_probability");
    List<String> expected = text(rows);
    assertThat(expected).hasSize(600);
    assertThat(text(SharedSpark.session().read().orc(orc.toString())))
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(text(SharedSpark.session().read().option("header", true).csv(csv.toString())))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void theMarkerSaysWhatIsPrinted() throws IOException {
    Path output = directory.resolve("marked");
    JsonNode printed = succeeds(generate(output, MIXED, "--click-rate=0.4"));
    JsonNode marker =
        new ObjectMapper().readTree(Files.readString(output.resolve("_destine.json")));
    assertThat(marker.path("kind").asText()).isEqualTo("a click log");
    for (String figure :
        List.of("rows", "click_rate", "teacher_log_loss", "last_day_teacher_log_loss")) {
      assertThat(marker.get(figure)).as(figure).isNotNull().isEqualTo(printed.get(figure));
    }
    assertThat(printed.get("rows").asInt()).isEqualTo(600);
    assertThat(printed.get("last_day_rows").asInt()).isEqualTo(100);
    // Five standard errors.
    assertThat(printed.get("click_rate").asDouble()).isCloseTo(0.4, within(0.1));
  }

  @Full
  @Test
  void theTeacherIsChosen() throws IOException {
    JsonNode machine = succeeds(generate(directory.resolve("machine"), MIXED));
    JsonNode attention =
        succeeds(generate(directory.resolve("attention"), MIXED, "--teacher=attention"));
    assertThat(machine.path("teacher").asText()).isEqualTo("fm");
    assertThat(attention.path("teacher").asText()).isEqualTo("attention");
    assertThat(attention.path("first_order_log_loss").asDouble())
        .isGreaterThan(attention.path("teacher_log_loss").asDouble());
    assertThat(attention.get("teacher_log_loss")).isNotEqualTo(machine.get("teacher_log_loss"));
  }

  @Test
  void theConfigurationEncodesTheSameDataOfEveryFormat() throws IOException {
    List<String> fingerprints = new ArrayList<>();
    for (String format : List.of("parquet", "csv")) {
      Path output = directory.resolve("configured [1] " + format);
      Path config = directory.resolve("new/configured-" + format + ".conf");
      succeeds(generate(output, MIXED, "--format=" + format, "--config=" + config));
      JsonNode encoded = succeeds(CommandRun.of("encode", "--config", config.toString()));
      assertThat(encoded.path("train_rows").asInt()).isEqualTo(400);
      assertThat(encoded.path("validation_rows").asInt()).isEqualTo(100);
      assertThat(encoded.path("test_rows").asInt()).isEqualTo(100);
      assertThat(encoded.path("quarantined").asInt()).isZero();
      fingerprints.add(encoded.path("fingerprint").asText());
    }
    assertThat(fingerprints.get(0)).isNotEmpty().isEqualTo(fingerprints.get(1));
  }

  @Test
  void onlyAnOutputOfGenerateIsReplaced() throws IOException {
    String[] small = {"--shape=avazu", "--cardinality-scale=0.001", "--rows=40"};
    Path output = directory.resolve("twice");
    Path config = directory.resolve("twice.conf");
    succeeds(generate(output, small, "--config=" + config));
    refused(
        generate(output, small),
        "error: --output "
            + output
            + " holds an earlier output of generate; add --overwrite to"
            + " replace it");
    refused(
        generate(directory.resolve("new"), small, "--config=" + config),
        "error: --config " + config + " already exists; add --overwrite to replace it");
    JsonNode again =
        succeeds(generate(output, small, "--config=" + config, "--overwrite", "--seed=2"));
    assertThat(again.path("seed").asInt()).isEqualTo(2);
    assertThat(Files.readString(output.resolve("_destine.json"))).contains("\"seed\" : 2");

    Path notes = Files.createDirectories(directory.resolve("notes"));
    Files.writeString(notes.resolve("todo.txt"), "milk");
    refused(
        generate(notes, small, "--overwrite"),
        "error: --output "
            + notes
            + " exists and was not written by generate; choose another"
            + " directory");
    refused(
        generate(directory.resolve("new"), small, "--config=" + notes.resolve("todo.txt")),
        "error: --config "
            + notes.resolve("todo.txt")
            + " exists and was not written by generate;"
            + " choose another file");
    Path empty = Files.createFile(notes.resolve("empty"));
    refused(
        generate(directory.resolve("new"), small, "--config=" + empty, "--overwrite"),
        "error: --config "
            + empty
            + " exists and was not written by generate; choose another file");
    assertThat(empty).isEmptyFile();
    refused(
        generate(output.resolve("below"), small),
        "error: --output "
            + output.resolve("below")
            + " lies inside "
            + output
            + ", which holds a click log");
    assertThat(notes.resolve("todo.txt")).hasContent("milk");
    assertThat(directory.resolve("new")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          --rows=0 ! --rows must be 1 .. 10000000000, got 0
          --rows=5 --days=6 ! --days must be at most the number of rows, got 6
          --rows=5 --skew=-1 ! --skew must be 0 .. 10, got -1.0
          --rows=5 --missing=1 ! --missing must be at least 0 and below 1, got 1.0
          --rows=5 --click-rate=0 ! --click-rate must be between 0 and 1, both excluded, got 0.0
          --rows=5 --first-order=-1 ! --first-order must be 0 .. 10, got -1.0
          --rows=5 --interaction=NaN ! --interaction must be 0 .. 10, got NaN
          --rows=5 --files=0 ! --files must be 1 .. 100000, got 0
          --rows=5 --fields=3 ! --fields is for --shape plain, not criteo; leave it out
          --rows=5 --items-output=x ! --items-output is for --items; add --items N, or leave --items-output out
          --rows=5 --shape=plain --fields=0 ! --fields and --numeric, with the fields of --multi, --vector and --items, must add up to 1 .. 1000, got 0
          --rows=5 --shape=plain --fields=0 --items=20 ! --items needs a field of the click log besides the key; raise --fields or --numeric, or add --multi or --vector N
          --rows=5 --shape=plain --fields=1 ! --interaction must be 0 when no two fields interact, got 0.8
          --rows=5 --shape=avazu --cardinalities=raw ! --cardinalities is for --shape criteo, not avazu; leave it out
          --rows=5 --shape=plain --cardinality=1 ! --cardinality must be a whole number from 2 to 2147483647, got 1
          --rows=5 --cardinality-scale=0 ! --cardinality-scale must be above 0 and at most 2147483647, got 0.0
          --rows=5 --vector=0 ! --vector must be a whole number from 1 to 10000, got 0
          --rows=5 --pairs=C1:C1 ! --pairs must be pairs of different fields such as C1:C2, got "C1:C1"
          --rows=5 --pairs=C1:C99 ! --pairs names the unknown field "C99"; did you mean "C9"?
          --rows=5 --teacher=attention --pairs=C1:C2 ! --pairs is for --teacher fm; in attention all fields interact; leave it out
          --rows=5 --teacher=attention --shape=plain --fields=101 ! --fields must be at most 100 with --teacher attention, got 101
          --rows=5 --teacher=attention --shape=plain --fields=1 ! --interaction must be 0 when no two fields interact, got 0.8
          """)
  void badOptionsAreRefusedInOneLine(String options, String problem) {
    Path output = directory.resolve("refused");
    refused(generate(output, options.split(" ")), "error: " + problem);
    assertThat(output).doesNotExist();
  }

  @Test
  void theItemsMayNotReplaceTheLog() {
    Path log = directory.resolve("one");
    for (Path items : List.of(log, log.resolve("items"), directory)) {
      String[] options = {"--rows=100", "--items=20", "--overwrite", "--items-output=" + items};
      CommandRun run = generate(log, options);
      assertThat(run.code()).as(run.err()).isEqualTo(2);
      assertThat(run.err()).contains("--output").contains("table of items");
      assertThat(log).doesNotExist();
    }
  }

  @Test
  void aProblemOfTheItemsNamesTheirOption() throws IOException {
    Path items = Files.createDirectories(directory.resolve("own-items"));
    Path kept = Files.writeString(items.resolve("notes.txt"), "mine");
    String[] options = {"--rows=100", "--items=20", "--overwrite"};
    refused(
        generate(directory.resolve("own"), options),
        "error: --items-output "
            + items
            + " exists and was not written by generate; choose another directory");
    assertThat(kept).hasContent("mine");
    assertThat(directory.resolve("own")).doesNotExist();
  }
}
