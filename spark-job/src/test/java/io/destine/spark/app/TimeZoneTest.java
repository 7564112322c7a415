package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model's rows are read in the time zone of its training, in whatever zone others work. */
class TimeZoneTest {
  private static final String ZONE = "spark.sql.session.timeZone";

  @TempDir Path directory;
  private final SparkSession spark = SharedSpark.session();
  private String before;

  /** Four days, a row each five minutes; the hour of the day tells much. */
  @BeforeEach
  void writeRows() throws IOException {
    before = spark.conf().get(ZONE);
    spark
        .sql(
            "select cast(pmod(id * 7, 24) < 9 as int) as y, concat('u', id % 5) as user,"
                + " timestamp_seconds(1767225600 + id * 300) as at from range(1152)")
        .write()
        .parquet(directory.resolve("rows").toString());
    Files.writeString(
        directory.resolve("job.conf"),
        """
        source { path = "%s", format = parquet }
        label = y
        fields = [ { name = user }, { name = at } ]
        split.by-date { column = at, validation-from = "2026-01-03", test-from = "2026-01-04" }
        vocabulary.min-count = 1
        model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
        train { batch-size = 64, epochs = 1, blocks-per-step = 4 }
        output.model = "%s"
        """
            .formatted(directory.resolve("rows"), directory.resolve("model")));
  }

  @AfterEach
  void resetZone() {
    spark.conf().set(ZONE, before);
  }

  private JsonNode done(String... arguments) throws IOException {
    CommandRun run = CommandRun.of(arguments);
    assertThat(run.code()).as(run.err()).isZero();
    return run.json();
  }

  private static List<Object> figures(JsonNode json) {
    List<Object> figures = new ArrayList<>();
    for (String key : List.of("rows", "log_loss", "auc")) {
      figures.add(json.path(key));
    }
    return figures;
  }

  @Test
  void evaluateReadsTheTestRowsOfTheTraining() throws IOException {
    String config = directory.resolve("job.conf").toString();
    String model = directory.resolve("model").toString();
    spark.conf().set(ZONE, "UTC");
    JsonNode trained = done("train", "--config", config);
    assertThat(trained.path("rows").asInt()).isEqualTo(288);
    spark.conf().set(ZONE, "Pacific/Kiritimati");
    assertThat(figures(done("evaluate", "--model", model))).isEqualTo(figures(trained));
    assertThat(spark.conf().get(ZONE)).isEqualTo("Pacific/Kiritimati");
    JsonNode other =
        done("evaluate", "--model", model, "--set", "source.time-zone=Pacific/Kiritimati");
    assertThat(other.path("rows").asInt()).isNotEqualTo(288);
    assertThat(zoneOfTheModel()).isEqualTo("UTC");
  }

  @Test
  void aMissingColumnOfSeveralFieldsIsNamedOnce() throws IOException {
    String fields =
        "fields=[{name=user}, {name=hour, column=at, part=hour},"
            + " {name=weekday, column=at, part=weekday}]";
    done("train", "--config", directory.resolve("job.conf").toString(), "--set", fields);
    String input = directory.resolve("users").toString();
    spark.sql("select 'u1' as user").write().parquet(input);
    CommandRun run =
        CommandRun.of(
            "predict",
            "--model",
            directory.resolve("model").toString(),
            "--input",
            input,
            "--output",
            directory.resolve("scores").toString());
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors())
        .singleElement()
        .asString()
        .startsWith("error: column \"at\" not found in ");
  }

  /** Short names such as that of the JVM under TZ=EST are no names for other programs. */
  @Test
  void aShortNameOfTheSessionsZoneIsStoredAsAnOffset() throws IOException {
    spark.conf().set(ZONE, "EST");
    JsonNode trained = done("train", "--config", directory.resolve("job.conf").toString());
    // 19 hours of the last day.
    assertThat(trained.path("rows").asInt()).isEqualTo(19 * 12);
    assertThat(zoneOfTheModel()).isEqualTo("-05:00");
  }

  private String zoneOfTheModel() throws IOException {
    return new ObjectMapper()
        .readTree(directory.resolve("model/manifest.json").toFile())
        .at("/job/source/time-zone")
        .asText();
  }

  @Test
  void aZoneThatIsConfiguredCounts() throws IOException {
    String config = directory.resolve("job.conf").toString();
    spark.conf().set(ZONE, "Pacific/Kiritimati");
    JsonNode trained = done("train", "--config", config, "--set", "source.time-zone=UTC");
    assertThat(trained.path("rows").asInt()).isEqualTo(288);
    CommandRun wrong =
        CommandRun.of("train", "--config", config, "--set", "source.time-zone=Mars/Base");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.errors())
        .singleElement()
        .asString()
        .contains("source.time-zone: \"Mars/Base\" is not a time zone");
  }

  @Test
  void rowsThatAreNotSplitNeedNoColumnToSplitBy() throws IOException {
    String config = directory.resolve("job.conf").toString();
    String model = directory.resolve("model").toString();
    done("train", "--config", config, "--set", "fields=[{name=user}]");
    String rows = directory.resolve("without").toString();
    spark.read().parquet(directory.resolve("rows").toString()).drop("at").write().parquet(rows);
    assertThat(done("evaluate", "--model", model, "--input", rows).path("rows").asInt())
        .isEqualTo(1152);
    assertThat(
            done("explain", "--model", model, "--input", rows, "--rows", "100")
                .path("split")
                .asText())
        .isEqualTo("all");
  }
}
