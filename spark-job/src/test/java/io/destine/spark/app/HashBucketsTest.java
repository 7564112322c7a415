package io.destine.spark.app;

import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.first;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands on a table with a field that has hash buckets. */
class HashBucketsTest {
  private static final int ROWS = 3000;

  @TempDir static Path directory;

  private static CommandRun trained;

  /** Half of the rows have one of 20 users, the others one of their own. */
  @BeforeAll
  static void train() throws IOException {
    SharedSpark.session();
    CounterRandom random = CounterRandom.of(3, Purpose.SPLIT);
    StringBuilder csv = new StringBuilder("clicked,user,item\n");
    for (int n = 0; n < ROWS; n++) {
      int user = random.below(20, 4L * n);
      int item = random.below(30, 4L * n + 1);
      boolean click = random.uniform(4L * n + 2) < ((user + item) % 2 == 0 ? 0.8 : 0.2);
      csv.append(click ? "1" : "0").append(",u").append(n % 2 == 0 ? user : 100 + n);
      csv.append(",i").append(item).append('\n');
    }
    Files.writeString(directory.resolve("clicks.csv"), csv);
    Files.writeString(
        directory.resolve("job.conf"),
        """
        source { path = "%s", format = csv, header = true }
        label = clicked
        fields = [ { name = user, hash-buckets = 400 }, item ]
        crosses = none
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
        train { batch-size = 64, epochs = 3, learning-rate = 0.02, blocks-per-step = 4 }
        output { model = "%s" }
        """
            .formatted(directory.resolve("clicks.csv"), directory.resolve("model")));
    trained = CommandRun.of("train", "--config", directory.resolve("job.conf").toString());
    assertThat(trained.code()).as(trained.err()).isZero();
  }

  private static String model() {
    return directory.resolve("model").toString();
  }

  @Test
  void evaluateFindsTheFiguresOfTheTraining() throws IOException {
    CommandRun evaluated = CommandRun.of("evaluate", "--model", model());
    assertThat(evaluated.code()).as(evaluated.err()).isZero();
    for (String metric : List.of("auc", "log_loss", "rows")) {
      assertThat(evaluated.json().get(metric)).as(metric).isEqualTo(trained.json().get(metric));
    }
  }

  /**
   * Users that are not in the training rows are scored by their buckets; equal users get equal
   * probabilities.
   */
  @Test
  void predictScoresValuesThatTrainingNeverSaw() throws IOException {
    StringBuilder csv = new StringBuilder("user,item\n");
    for (int n = 0; n < 200; n++) {
      csv.append("new").append(n % 100).append(",i1\n");
    }
    Path input = Files.writeString(directory.resolve("new.csv"), csv);
    String output = directory.resolve("scores").toString();
    CommandRun predicted =
        CommandRun.of(
            "predict", "--model", model(), "--input", input.toString(), "--output", output);
    assertThat(predicted.code()).as(predicted.err()).isZero();
    List<Row> scores =
        SharedSpark.session()
            .read()
            .parquet(output)
            .groupBy("user")
            .agg(countDistinct("probability"), first("probability"))
            .collectAsList();
    assertThat(scores).hasSize(100).allMatch(row -> row.getLong(1) == 1);
    assertThat(scores.stream().map(row -> row.getDouble(2)).distinct().count())
        .as("OOV users would all be alike")
        .isGreaterThan(50);
  }

  @Test
  void inspectAndTheReportTellTheBucketsAndNoRateOfUnknownValues() throws IOException {
    CommandRun told = CommandRun.of("inspect", "--model", model());
    assertThat(told.code()).as(told.err()).isZero();
    assertThat(told.out())
        .contains("  user  categorical, 400 hash buckets\n")
        .containsPattern("  item  categorical, [0-9]+ values\n");
    CommandRun json = CommandRun.of("inspect", "--model", model(), "--json");
    assertThat(json.json().at("/fields/0/hash_buckets").asInt()).isEqualTo(400);
    assertThat(json.json().at("/fields/1").has("hash_buckets")).isFalse();
    // user: 1 + 400, item: 1 + 1 + 30
    assertThat(json.json().at("/vocabulary").asInt()).isEqualTo(433);
    JsonNode report = new ObjectMapper().readTree(directory.resolve("model/report.json").toFile());
    assertThat(report.at("/fields/0/hash_buckets").asInt()).isEqualTo(400);
    assertThat(report.at("/fields/0").has("oov_test")).isFalse();
    assertThat(report.at("/fields/0").has("values")).isFalse();
    assertThat(report.at("/fields/1/values").asInt()).isEqualTo(30);
    assertThat(directory.resolve("model/report.html")).content().contains("400 hash buckets");
    assertThat(trained.err()).doesNotContain("field user: should have");
  }

  @Test
  void anotherNumberOfBucketsIsRefusedByField() {
    CommandRun other =
        CommandRun.of(
            "evaluate",
            "--model",
            model(),
            "--set",
            "fields=[ { name = user, hash-buckets = 401 }, item ]");
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err())
        .contains("field \"user\" of ")
        .contains(": hash-buckets was 400 and is 401");
  }
}
