package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.spark.SharedSpark;
import io.destine.spark.encode.EncodedDataSet;
import io.destine.spark.encode.EncodingCase;
import io.destine.spark.encode.Split;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Odd tables through {@code encode}: every one is read whole, each value with its own id, or
 * refused in one line. {@code -Ddestine.fuzz.tables=300} draws more than the default, {@code
 * -Ddestine.fuzz.columns=10000} makes the wide ones wider.
 */
class OddTablesTest {
  private static final int TABLES =
      Integer.getInteger(
          "destine.fuzz.tables", Full.Tier.size("random tables of OddTablesTest", 30, 5));
  private static final long FIRST_SEED = Long.getLong("destine.fuzz.seed", 1);

  @TempDir Path directory;

  @BeforeAll
  static void session() {
    SharedSpark.session();
  }

  @Test
  void everyTableIsReadWholeOrRefusedInOneLine() throws IOException {
    List<String> failures = new ArrayList<>();
    for (long seed = FIRST_SEED; seed < FIRST_SEED + TABLES; seed++) {
      OddTable table = OddTable.write(seed, directory);
      String wrong = encoded(table, seed);
      if (wrong != null) {
        failures.add("seed " + seed + ", " + table + ": " + wrong);
      }
    }
    assertThat(failures).isEmpty();
  }

  /** The problem with the table's data set or with its rejection; null if there is none. */
  private String encoded(OddTable table, long seed) throws IOException {
    boolean named = seed % 2 == 0 && !table.namesAreAmbiguous() && !table.fields().isEmpty();
    boolean nestedField = table.nested != OddTable.Nested.NONE && !named;
    Path config = directory.resolve(seed + ".conf");
    Path data = directory.resolve("data " + seed);
    Files.writeString(
        config,
        """
        source { format = %s }
        split.paths.train = "%s"
        label = label
        fields = %s
        vocabulary.min-count = 1
        quarantine.max-fraction = 1
        train.blocks-per-step = 2
        output { model = "%s.model", data = "%s" }
        """
            .formatted(
                table.format, table.path, named ? named(table.fields()) : "\"*\"", data, data));
    CommandRun run = CommandRun.of("encode", "--config", config.toString());
    String refused = OneLine.problem(run);
    if (refused != null) {
      return refused;
    }
    if (run.code() == 2) {
      boolean nothingToChoose = !named && String.join("", run.errors()).contains("can be a field");
      return mayBeRefused(table) || nothingToChoose ? null : "refused: " + run.errors();
    }
    JsonNode result = run.json();
    String nested = "column " + OddTable.Nested.COLUMN + ": left out (its type ";
    if (nestedField && table.damage == OddTable.Damage.NONE && !run.err().contains(nested)) {
      return "a field of nested values: " + run.err();
    }
    EncodedDataSet set = EncodedDataSet.load(SharedSpark.session(), data.toString());
    List<String> found = EncodingCase.decoded(set, Split.TRAIN);
    int held = found.size() + result.get("quarantined").asInt();
    if (table.damage == OddTable.Damage.NONE && held != table.rows.size()) {
      return table.rows.size() + " rows were written, " + held + " are accounted for";
    }
    List<String> unexpected = new ArrayList<>(found);
    List<String> expected = new ArrayList<>(table.expected());
    for (String row : expected) {
      unexpected.remove(row);
    }
    int excused = table.broken ? 1 : 0;
    if (named && unexpected.size() > 0) {
      return "rows that nobody wrote: " + shortened(unexpected);
    }
    if (table.damage == OddTable.Damage.NONE && expected.size() - found.size() > excused) {
      return expected.size() - found.size() + " good rows are in quarantine";
    }
    return switch (table.damage) {
      case TRUNCATED, OTHER_FORMAT, SECOND_HEADER -> "damage was not noticed";
      default -> null;
    };
  }

  private static String named(List<String> columns) {
    return columns.stream()
        .map(c -> '"' + c.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
        .collect(Collectors.joining(", ", "[ ", " ]"));
  }

  /** Spark plans and compiles by columns: ten thousand of them take minutes, a thousand seconds. */
  @Full(from = 2)
  @ParameterizedTest
  @ValueSource(strings = {"csv", "parquet"})
  @Timeout(900)
  void twoColumnsOfAWideTableAreRead(String format) throws IOException {
    int columns = Integer.getInteger("destine.fuzz.columns", 1_000);
    int last = columns - 1;
    int rows = 40;
    String header =
        IntStream.range(0, columns).mapToObj(c -> "c" + c).collect(Collectors.joining(","));
    StringBuilder csv = new StringBuilder("label," + header + "\n");
    List<String> expected = new ArrayList<>();
    for (int n = 0; n < rows; n++) {
      int row = n;
      csv.append(n % 2).append(',');
      csv.append(
          IntStream.range(0, columns)
              .mapToObj(c -> "v" + (c + row) % 7)
              .collect(Collectors.joining(",")));
      csv.append('\n');
      expected.add("v" + (last + row) % 7 + ",v" + (17 + row) % 7 + " -> " + n % 2 + ".0 * 1.0");
    }
    Path table = directory.resolve("wide.csv");
    Files.writeString(table, csv);
    if (format.equals("parquet")) {
      Path parquet = directory.resolve("wide.parquet");
      SharedSpark.session()
          .read()
          .option("header", true)
          .csv(table.toString())
          .write()
          .parquet(parquet.toString());
      table = parquet;
    }
    Path data = directory.resolve("wide " + format);
    Path config = directory.resolve("wide.conf");
    Files.writeString(
        config,
        """
        source { format = %s }
        split.paths.train = "%s"
        label = label
        fields = [ c%d, c17 ]
        vocabulary.min-count = 1
        train.blocks-per-step = 2
        output { model = "%s.model", data = "%s" }
        """
            .formatted(format, table, last, data, data));
    CommandRun run = CommandRun.of("encode", "--config", config.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(
            EncodingCase.decoded(
                EncodedDataSet.load(SharedSpark.session(), data.toString()), Split.TRAIN))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  private static boolean mayBeRefused(OddTable table) {
    return table.damage != OddTable.Damage.NONE
        || table.namesAreAmbiguous()
        || table.columns.size() < 2
        || table.namesBreakTheFormat()
        || table.lacksALabel();
  }

  private static String shortened(List<String> rows) {
    return rows.stream()
        .limit(3)
        .map(r -> r.substring(0, Math.min(200, r.length())))
        .toList()
        .toString();
  }
}
