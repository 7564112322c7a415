package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models written by an earlier version, with vocabulary and settings, still give the same
 * probabilities.
 */
class FrozenModelTest {
  private static final Path FOLDER = Path.of("../model-core/src/test/resources/frozen/1.0");

  @TempDir static Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"all-parts", "rectified"})
  void rawRowsHaveTheProbabilitiesOfItsTime(String model) throws IOException {
    SharedSpark.session();
    String output = directory.resolve(model).toString();
    CommandRun predicted =
        CommandRun.of(
            "predict",
            "--model",
            FOLDER.resolve(model).toString(),
            "--input",
            FOLDER.resolve("rows.csv").toString(),
            "--output",
            output);
    assertThat(predicted.code()).as(predicted.err()).isZero();
    JsonNode expected =
        new ObjectMapper()
            .readTree(FOLDER.resolve("expected.json").toFile())
            .get("probabilities")
            .get(model);
    List<Row> rows =
        SharedSpark.session()
            .read()
            .parquet(output)
            .selectExpr("cast(row as int) row", "probability")
            .collectAsList();
    assertThat(rows).hasSize(expected.size());
    for (Row row : rows) {
      int n = row.getInt(0);
      assertThat(row.getDouble(1))
          .as("row %d", n)
          .isCloseTo(expected.get(n).asDouble(), within(1e-6));
    }
  }
}
