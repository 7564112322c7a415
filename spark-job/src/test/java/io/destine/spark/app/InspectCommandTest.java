package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The output of inspect for fields of every kind. */
class InspectCommandTest {
  private static final int ROWS = 600;

  @TempDir static Path directory;

  @BeforeAll
  static void train() throws IOException {
    SharedSpark.session();
    StringBuilder csv = new StringBuilder("clicked,user,ip,price,age,score,tags,image\n");
    for (int n = 0; n < ROWS; n++) {
      csv.append(
          String.format(
              "%d,u%d,ip%d,%d,%d,%d,t%d|t%d,%d|1|2%n",
              n % 2, n % 7, n, n % 3, n % 40, n % 11, n % 5, n % 4, n % 9));
    }
    Files.writeString(directory.resolve("clicks.csv"), csv);
    Files.writeString(
        directory.resolve("job.conf"),
        """
        source { path = "%s", format = csv }
        label = clicked
        fields = [ user, { name = ip, hash-buckets = 1000 }, { name = price, kind = numeric },
                   { name = age, kind = numeric, transform = quantile, buckets = 4 },
                   { name = score, kind = numeric, transform = linear },
                   { name = tags, kind = multi }, { name = image, kind = vector, length = 3 } ]
        model { embedding-dim = 2, heads = 1, head-dim = 2, layers = 1 }
        train { batch-size = 64, epochs = 1 }
        output { model = "%s" }
        """
            .formatted(directory.resolve("clicks.csv"), model()));
    CommandRun run = CommandRun.of("train", "--config", directory.resolve("job.conf").toString());
    assertThat(run.code()).as(run.err()).isZero();
  }

  private static String model() {
    return directory.resolve("model").toString();
  }

  @Test
  void eachFieldHasItsKindTransformAndNumberOfValues() {
    CommandRun run = CommandRun.of("inspect", "--model", model());
    assertThat(run.code()).as(run.err()).isZero();
    assertThat(run.out())
        .contains(
            """
            Fields (7)
              user   categorical, 7 values
              ip     categorical, 1,000 hash buckets
              price  numeric, log-squared, 3 values
              age    numeric, quantile in 4 buckets, 4 values
              score  numeric, linear
              tags   multi, 5 values
              image  vector of 3 numbers
            """);
  }

  @Test
  void anOptionThatWouldBeIgnoredIsRefused() throws IOException {
    for (String option : List.of("--verify", "--json")) {
      CommandRun run = CommandRun.of("inspect", "--model", model(), "--as-config", option);
      assertThat(run.code()).isEqualTo(2);
      assertThat(run.errors()).singleElement().asString().contains("leave --verify and --json out");
    }
  }

  @Test
  void theSameIsThereForMachines() throws IOException {
    CommandRun run = CommandRun.of("inspect", "--model", model(), "--json");
    assertThat(run.code()).as(run.err()).isZero();
    JsonNode fields = run.json().get("fields");
    assertThat(fields.get(0).toString())
        .isEqualTo(
            "{\"field\":\"user\",\"kind\":\"id\",\"column_kind\":\"categorical\","
                + "\"transform\":\"none\",\"values\":7}");
    assertThat(fields.get(3).get("transform").asText()).isEqualTo("quantile");
    assertThat(fields.get(1).get("hash_buckets").asInt()).isEqualTo(1000);
    assertThat(fields.get(4).has("values")).isFalse();
  }
}
