package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.predict.Scorer;
import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands on a table whose fields are not configured. */
class ChosenFieldsCommandTest {
  @TempDir Path directory;

  private static CommandRun done(String... arguments) {
    SharedSpark.session();
    CommandRun run = CommandRun.of(arguments);
    assertThat(run.code()).as(run.err()).isZero();
    return run;
  }

  @BeforeEach
  void writeRows() {
    SharedSpark.session()
        .sql(
            "select cast(hour(at) < 9 as int) y, * from (select id as row,"
                + " timestamp_seconds(1767225600 + id * 701) as at,"
                + " double(pmod(hash(id, 1), 900)) / 8 as price, id % 5 as kind,"
                + " array(concat('t', id % 3), concat('u', id % 5)) as tags"
                + " from range(3000))")
        .write()
        .parquet(directory.resolve("rows").toString());
  }

  private String config(String fields) throws IOException {
    Path file = directory.resolve("all.conf");
    Files.writeString(
        file,
        """
        source { path = "%s", format = parquet }
        label = y
        %s
        vocabulary.min-count = 1
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
        train { batch-size = 64, epochs = 1 }
        output { model = "%s" }
        """
            .formatted(directory.resolve("rows"), fields, directory.resolve("model")));
    return file.toString();
  }

  private Path model() {
    return directory.resolve("model");
  }

  @Test
  void theChoiceIsLoggedReportedAndStoredAndScoresAlikeEverywhere() throws IOException {
    CommandRun trained = done("train", "--config=" + config("fields = \"*\""));
    assertThat(trained.err().lines().filter(line -> line.startsWith("column ")).toList())
        .hasSize(5)
        .contains(
            "column at: hour, weekday, day (dates or times: the parts that vary)",
            "column kind: categorical (5 whole numbers)");
    assertThat(trained.err())
        .containsPattern(
            "warning: column row: left out \\(looks like a row number: nearly all 2,\\d{3} rows have"
                + " different whole numbers");
    JsonNode manifest = new ObjectMapper().readTree(model().resolve("manifest.json").toFile());
    assertThat(manifest.at("/job/fields/0/part").asText()).isEqualTo("hour");
    assertThat(manifest.at("/job/fields")).hasSize(6);
    assertThat(Files.readString(model().resolve("report.html")))
        .contains("How each column is used", "5 whole numbers");

    Path scored = directory.resolve("scored");
    done("predict", "--model=" + model(), "--output=" + scored);
    List<Row> rows = SharedSpark.session().read().parquet(scored.toString()).collectAsList();
    assertThat(rows).hasSize(3000);
    try (Scorer scorer = Scorer.load(model())) {
      assertThat(scorer.verify()).isEqualTo(8);
      for (Row row : rows) {
        Map<String, Object> values = new HashMap<>();
        for (String column : List.of("at", "price", "kind")) {
          values.put(column, row.getAs(column).toString());
        }
        values.put("tags", row.getList(row.fieldIndex("tags")));
        assertThat(scorer.score(values)).isEqualTo(row.<Double>getAs("probability"));
      }
    }
    JsonNode again = done("evaluate", "--model=" + model(), "--split=test").json();
    assertThat(again.get("log_loss")).isEqualTo(trained.json().get("log_loss"));
    done("explain", "--model=" + model());
    done(
        "export", "--model=" + model(), "--format=onnx", "--output=" + directory.resolve("m.onnx"));
  }

  @Test
  void inspectWritesTheFieldsAsAConfigurationThatEncodesAlike() throws IOException {
    String config = config("fields = \"*\"");
    Path data = directory.resolve("data");
    JsonNode chosen = done("encode", "--config=" + config, "--set=output.data=" + data).json();
    assertThat(chosen.get("columns")).hasSize(5);
    String text = done("inspect", "--data=" + data, "--as-config").out();
    assertThat(text)
        .startsWith("fields = [\n  { name = \"at hour\", column = \"at\", part = hour }\n")
        .contains("{ name = \"price\", kind = numeric, transform = quantile, buckets = 20 }");
    JsonNode given =
        done("encode", "--config=" + config(text), "--set=output.data=" + directory.resolve("two"))
            .json();
    assertThat(given.get("fingerprint")).isEqualTo(chosen.get("fingerprint"));
    assertThat(given.has("columns")).isFalse();
    CommandRun wrong = CommandRun.of("inspect", "--data=" + data);
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.errors().get(0)).contains("--data: only with --as-config");
    CommandRun none = CommandRun.of("inspect", "--data=" + directory, "--as-config");
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.errors()).hasSize(1);
  }
}
