package io.destine.spark.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublicationsTest {
  @TempDir Path directory;

  @Test
  void theNewestHundredFilesAreKept() throws IOException {
    Publications publications = Publications.of(new Configuration(), directory.toString());
    for (int n = 0; n < 103; n++) {
      CurrentModel model =
          new CurrentModel(
              "m" + n, LocalDate.EPOCH.plusDays(n), Instant.EPOCH, "run", "m" + (n - 1));
      publications.publish(n, model);
      assertThat(publications.state()).isEqualTo(new Publications.State(n + 1, Optional.of(model)));
    }
    try (Stream<Path> files = Files.list(directory.resolve(Publications.DIRECTORY))) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(name -> !name.startsWith("."))) // not the checksums
          .hasSize(100)
          .contains("000004.json", "000103.json");
    }
  }
}
