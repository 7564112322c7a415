package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The label is 1 if a equals b; c is noise and d is constant. So a and b are important together,
 * but neither is alone.
 */
class ExplainCommandTest {
  @TempDir static Path directory;
  private static Path model;

  @BeforeAll
  static void train() throws IOException {
    SharedSpark.session();
    table("rows", 4000, 1);
    table("other", 600, 2);
    model = directory.resolve("model");
    Path config = directory.resolve("explain.conf");
    Files.writeString(
        config,
        """
        source { path = "%s", format = csv }
        label = y
        fields = [ a, b, c, d ]
        model { embedding-dim = 8, heads = 2, head-dim = 8, layers = 1 }
        train { batch-size = 64, epochs = 25, learning-rate = 0.02, blocks-per-step = 4 }
        output.model = "%s"
        """
            .formatted(directory.resolve("rows.csv"), model));
    CommandRun run = CommandRun.of("train", "--config", config.toString());
    assertThat(run.code()).as(run.err()).isZero();
  }

  private static void table(String name, int rows, int seed) throws IOException {
    Random random = new Random(seed);
    StringBuilder csv = new StringBuilder("y,a,b,c,d\n");
    for (int n = 0; n < rows; n++) {
      int a = random.nextInt(3);
      int b = random.nextInt(3);
      boolean alike = a == b ^ random.nextInt(10) == 0;
      csv.append(alike ? 1 : 0).append(",a").append(a).append(",b").append(b);
      csv.append(",c").append(random.nextInt(5)).append(",d\n");
    }
    Files.writeString(directory.resolve(name + ".csv"), csv);
  }

  private static CommandRun explain(String... more) {
    List<String> arguments = new ArrayList<>(List.of("explain", "--model", model.toString()));
    arguments.addAll(Arrays.asList(more));
    return CommandRun.of(arguments.toArray(String[]::new));
  }

  @Test
  void fieldsThatTheLabelDependsOnAreWorthMuchAndOthersNothing() throws IOException {
    Path page = directory.resolve("page.html");
    CommandRun run = explain("--page", page.toString(), "--repeats", "4");
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode json = run.json();
    // With one row in ten the other way round: -0.9 ln 0.9 - 0.1 ln 0.1.
    assertThat(json.get("log_loss").asDouble()).isCloseTo(0.325, within(0.06));
    JsonNode fields = json.get("fields");
    for (int m = 0; m < 2; m++) {
      assertThat(fields.get(m).get("log_loss_increase").asDouble()).isGreaterThan(0.4);
      assertThat(fields.get(m).get("log_loss_error").asDouble()).isBetween(0.001, 0.1);
      assertThat(fields.get(m).get("auc_decrease").asDouble()).isGreaterThan(0.25);
    }
    assertThat(fields.get(2).get("log_loss_increase").asDouble()).isCloseTo(0, within(0.02));
    assertThat(fields.get(3).get("log_loss_increase").asDouble()).isZero();
    assertThat(fields.get(3).get("auc_decrease").asDouble()).isZero();
    assertThat(json.get("attention")).hasSize(2);
    for (JsonNode head : json.get("attention")) {
      // The cross of a and b is found.
      assertThat(head.get("pairwise")).hasSize(5);
      head.get("pairwise").forEach(line -> assertThat(sum(line)).isCloseTo(1, within(1e-5)));
      assertThat(sum(head.get("unary"))).isCloseTo(1, within(1e-5));
    }
    assertThat(run.err()).contains("log loss rise", "strongest attention", "page: " + page);
    assertThat(page)
        .content()
        .contains("Importance of the fields", "Layer 1, head 2", "a to b: ", "all fields to c: ")
        .doesNotContain("NaN");
  }

  @Test
  void figuresThatOneLabelLeavesUndefinedAreAbsent() throws IOException {
    Path rows =
        Files.writeString(
            directory.resolve("clicked.csv"), "y,a,b,c,d\n1,a0,b0,c0,d\n1,a1,b0,c1,d\n");
    Path page = directory.resolve("clicked.html");
    CommandRun run = explain("--input", rows.toString(), "--page", page.toString());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out()).doesNotContain("NaN");
    assertThat(run.err()).contains("AUC -").doesNotContain("NaN");
    JsonNode json = run.json();
    assertThat(json.has("auc")).isFalse();
    assertThat(json.get("log_loss").asDouble()).isPositive();
    assertThat(json.get("fields")).hasSize(5);
    for (JsonNode field : json.get("fields")) {
      assertThat(field.has("log_loss_increase")).isTrue();
      assertThat(field.has("log_loss_error")).isTrue();
      assertThat(field.has("auc_decrease")).isFalse();
      assertThat(field.has("auc_error")).isFalse();
    }
    assertThat(page).content().doesNotContain("NaN");
  }

  private static double sum(JsonNode numbers) {
    double sum = 0;
    for (JsonNode number : numbers) {
      sum += number.asDouble();
    }
    return sum;
  }

  /** In one file or in many, whole or as a sample. */
  @Test
  void figuresDependOnRowsAndSeedAlone() throws IOException {
    Path many = directory.resolve("many");
    SharedSpark.session()
        .read()
        .option("header", true)
        .csv(directory.resolve("other.csv").toString())
        .repartition(7)
        .write()
        .option("header", true)
        .csv(many.toString());
    for (String rows : List.of("100000", "150")) {
      ObjectNode one = figures(directory.resolve("other.csv"), rows, "3");
      assertThat(figures(many, rows, "3")).isEqualTo(one);
      int sampled = one.get("rows").asInt();
      if (rows.equals("150")) {
        assertThat(sampled).isBetween(80, 240);
        assertThat(figures(many, rows, "4")).isNotEqualTo(one);
      } else {
        assertThat(sampled).isEqualTo(600);
      }
    }
  }

  private static ObjectNode figures(Path input, String rows, String seed) throws IOException {
    CommandRun run = explain("--input", input.toString(), "--rows", rows, "--seed", seed);
    assertThat(run.code()).as(run.err()).isZero();
    ObjectNode json = (ObjectNode) run.json();
    json.remove("seconds");
    return json;
  }

  @Test
  void mistakesAreSaidInOneLine() {
    CommandRun rows = explain("--rows", "0");
    assertThat(rows.code()).isEqualTo(2);
    assertThat(rows.errors())
        .containsExactly("error: --rows and --repeats must be at least 1, got 0 and 3");
    CommandRun none = explain("--input", directory.resolve("nowhere").toString());
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.errors()).hasSize(1);
  }
}
