package io.destine.spark.conf;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.feature.FieldSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The configurations and the table of settings that the project ships. */
final class ShippedConfigurationTest {
  private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();
  private static final List<String> FLIGHT_COLUMNS =
      List.of("day", "weekday", "origin", "destination", "route", "distance");

  static List<Path> flights() throws IOException {
    try (Stream<Path> files = Files.list(PROJECT.resolve("conf"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("flights.*\\.conf"))
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("flights")
  void flightsConfigurationTakesTheColumnsOfTheShippedTable(Path file) {
    JobConfig config = JobConfigReader.read(file, List.of());

    if (!file.endsWith("flights-split.conf")) {
      assertThat(PROJECT.resolve(config.source().rows().paths().get(0))).isRegularFile();
    }
    assertThat(config.label()).isEqualTo("delayed");
    assertThat(config.fields()).extracting(FieldSpec::column).isEqualTo(FLIGHT_COLUMNS);
  }

  @Test
  void everyFlightsConfigurationWritesAModelOfItsOwn() throws IOException {
    assertThat(flights())
        .extracting(file -> JobConfigReader.read(file, List.of()).output().model())
        .hasSize(5)
        .doesNotHaveDuplicates();
  }

  /** Compares with the shipped configuration; only the rows differ. */
  @Test
  void theFlightsInThreeFilesAreTrainedOnWithTheSettingsOfTheFlights() {
    JobConfig flights = JobConfigReader.read(PROJECT.resolve("conf/flights.conf"), List.of());
    JobConfig files = JobConfigReader.read(PROJECT.resolve("conf/flights-split.conf"), List.of());
    assertThat(files.model()).isEqualTo(flights.model());
    assertThat(files.train()).isEqualTo(flights.train());
    assertThat(files.vocabulary()).isEqualTo(flights.vocabulary());
    String directory = "runs/flights-split/";
    assertThat(files.split())
        .isEqualTo(
            new SplitConfig.ByPaths(
                directory + "train.csv",
                Optional.of(directory + "validation.csv"),
                Optional.of(directory + "test.csv")));
    assertThat(PROJECT.resolve("examples/flights/split.sh"))
        .content()
        .contains("$project/runs/flights-split}");
  }
}
