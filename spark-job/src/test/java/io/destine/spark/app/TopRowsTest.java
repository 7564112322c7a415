package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.spark.SharedSpark;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code predict --top}: the rows that a sort of all predictions puts first. */
class TopRowsTest {
  private static final String PART_BYTES = "spark.sql.files.maxPartitionBytes";

  @TempDir static Path directory;
  private static Path model;
  private static Path input;
  private static List<Scored> all;
  private static int outputs;
  private final SparkSession spark = SharedSpark.session();

  /** A row of the input and its probability; null where it cannot be read. */
  private record Scored(int id, String user, Double probability) {}

  /** Few distinct values, hence many equal probabilities, in files that Spark orders by size. */
  @BeforeAll
  static void scoreAllRows() throws IOException {
    model = ClickModel.train(directory, "model", "user", "item");
    input = Files.createDirectories(directory.resolve("rows"));
    Random random = new Random(5);
    int id = 0;
    for (int file = 0; file < 4; file++) {
      StringBuilder csv = new StringBuilder("id,user,item\n");
      for (int n = 0; n < 500 * (file + 1); n++) {
        csv.append(String.format("%05d", id++)).append(',');
        csv.append(random.nextInt(9) == 0 ? "" : "v" + random.nextInt(5)).append(",v");
        csv.append(random.nextInt(4)).append(n % 50 == 7 ? ",one too many\n" : "\n");
      }
      Files.writeString(input.resolve("part-" + file + ".csv"), csv);
    }
    all = new ArrayList<>();
    for (List<String> row : records(predict("--columns", "id,user"))) {
      all.add(
          new Scored(
              Integer.parseInt(row.get(0)),
              row.get(1),
              row.get(2) == null ? null : Double.valueOf(row.get(2))));
    }
    assertThat(all).hasSize(id);
    assertThat(all.stream().filter(row -> row.probability() == null)).hasSize(100);
    assertThat(all.stream().map(Scored::probability).distinct()).hasSizeLessThan(50);
  }

  @AfterEach
  void readInPartsOfTheUsualSize() {
    spark.conf().unset(PART_BYTES);
  }

  private static Stream<Scored> sorted() {
    return all.stream()
        .filter(row -> row.probability() != null)
        .sorted(Comparator.comparing(Scored::probability).reversed().thenComparing(Scored::id));
  }

  private static List<String> expected(Scored row, int rank) {
    List<String> values = new ArrayList<>();
    values.add(String.format("%05d", row.id()));
    values.add(row.user());
    values.add(row.probability().toString());
    values.add(Integer.toString(rank));
    return values;
  }

  @Full(from = 3)
  @ParameterizedTest
  @CsvSource({"40, 3000", "9999, 3000", "1, 134217728", "40, 134217728", "40, 700", "1111, 5000"})
  void theBestOfAllRowsAreThoseOfASortWhateverTheParts(int rows, String bytes) throws IOException {
    spark.conf().set(PART_BYTES, bytes);
    CommandRun run = predict("--top", Integer.toString(rows), "--columns", "id,user");
    List<List<String>> expected = new ArrayList<>();
    sorted().limit(rows).forEach(row -> expected.add(expected(row, expected.size() + 1)));
    assertThat(records(run)).isEqualTo(expected);
    assertThat(header()).containsExactly("id", "user", "probability", "rank");
    assertThat(run.json().get("rows").asInt()).isEqualTo(5000);
    assertThat(run.json().get("rows_without_probability").asInt()).isEqualTo(100);
    assertThat(run.json().get("rows_written").asInt()).isEqualTo(expected.size());
    assertThat(run.err())
        .contains(String.format("%,d of 5,000 rows in ", expected.size()))
        .contains("warning: 100 of 5,000 rows have no probability; one reason: ");
  }

  @Full(from = 3)
  @ParameterizedTest
  @CsvSource({"7, 3000", "1500, 5000", "1, 134217728", "7, 700"})
  void theBestOfEachValueAreThoseOfASortWhateverTheParts(int rows, String bytes)
      throws IOException {
    spark.conf().set(PART_BYTES, bytes);
    CommandRun run =
        predict("--top", Integer.toString(rows), "--by", "user", "--columns", "id,user");
    Map<String, List<List<String>>> expected = new HashMap<>();
    sorted()
        .forEach(
            row -> {
              List<List<String>> of =
                  expected.computeIfAbsent(Objects.toString(row.user()), user -> new ArrayList<>());
              if (of.size() < rows) {
                of.add(expected(row, of.size() + 1));
              }
            });
    Map<String, List<List<String>>> written = new LinkedHashMap<>();
    List<List<String>> records = records(run);
    for (List<String> row : records) {
      written.computeIfAbsent(Objects.toString(row.get(1)), user -> new ArrayList<>()).add(row);
    }
    assertThat(written).isEqualTo(expected).hasSize(6).containsKey("null");
    assertThat(run.json().get("rows_written").asInt()).isEqualTo(records.size());
    assertThat(run.json().get("rows").asInt()).isEqualTo(5000);
  }

  @Test
  void theColumnOfTheGroupsNeedNotBeWritten() throws IOException {
    CommandRun run = predict("--top", "2", "--by", "user", "--columns", "", "--files", "1");
    assertThat(records(run)).hasSize(12);
    assertThat(header()).containsExactly("probability", "rank");
  }

  @Full
  @Test
  void theStatisticsAreThoseOfAllRowsWhateverIsWritten() throws IOException {
    CommandRun plain = predict();
    spark.conf().set(PART_BYTES, "700");
    for (String[] options :
        List.of(
            new String[] {"--files", "3"},
            new String[] {"--top", "3"},
            new String[] {"--top", "3", "--by", "item"})) {
      CommandRun run = predict(options);
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.json().get("scores")).isEqualTo(plain.json().get("scores"));
    }
    double[] scores = sorted().mapToDouble(Scored::probability).sorted().toArray();
    double mean = sorted().mapToDouble(Scored::probability).average().orElseThrow();
    assertThat(plain.json().at("/scores/mean").asDouble()).isCloseTo(mean, within(1e-12));
    assertThat(plain.json().at("/scores/min").asDouble()).isEqualTo(scores[0]);
    assertThat(plain.json().at("/scores/max").asDouble()).isEqualTo(scores[scores.length - 1]);
    assertThat(plain.json().at("/scores/quantiles/0.5").asDouble())
        .isCloseTo(scores[scores.length / 2 - 1], within(0.0005));
    assertThat(plain.err()).contains("probability: mean 0.").contains("quantiles:  1 % 0.");
  }

  private static CommandRun predict(String... options) {
    String output = directory.resolve("scored" + ++outputs).toString();
    List<String> arguments =
        new ArrayList<>(List.of("predict", "--model", model.toString(), "--format", "csv"));
    arguments.addAll(List.of("--input", input.toString(), "--output", output));
    arguments.addAll(List.of(options));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  /** The rows of the last output, in the order of its files. */
  private static List<List<String>> records(CommandRun run) throws IOException {
    assertThat(run.code()).as(run.err()).isZero();
    List<List<String>> records = new ArrayList<>();
    for (Path part : parts()) {
      List<List<String>> of = new Rfc4180(Files.readString(part)).records();
      records.addAll(of.subList(1, of.size()));
    }
    return records;
  }

  private static List<String> header() throws IOException {
    return new Rfc4180(Files.readString(parts().get(0))).records().get(0);
  }

  private static List<Path> parts() throws IOException {
    try (Stream<Path> all = Files.list(directory.resolve("scored" + outputs))) {
      return all.filter(p -> p.getFileName().toString().startsWith("part-")).sorted().toList();
    }
  }
}
