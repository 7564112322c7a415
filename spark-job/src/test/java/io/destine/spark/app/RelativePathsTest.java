package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Names without a directory, which stand for files and directories of the working directory. */
class RelativePathsTest {
  private final String prefix = "relative-paths-test-" + ProcessHandle.current().pid();

  @BeforeEach
  void writeTable() throws IOException {
    SharedSpark.session();
    StringBuilder csv = new StringBuilder("clicked,user\n");
    for (int n = 0; n < 200; n++) {
      csv.append(n % 2).append(",u").append(n % 7).append('\n');
    }
    Files.writeString(Path.of(prefix + ".csv"), csv);
    Files.writeString(
        Path.of(prefix + "-base.conf"),
        """
        source { path = "%s.csv", format = csv }
        label = clicked
        """
            .formatted(prefix));
    Files.writeString(
        Path.of(prefix + ".conf"),
        """
        include "%s-base.conf"
        output.data = "%s-data"
        output.model = "%s-model"
        """
            .formatted(prefix, prefix, prefix));
  }

  @AfterEach
  void removeAll() throws IOException {
    try (Stream<Path> below = Files.walk(Path.of(""))) {
      List<Path> own = below.filter(path -> path.getName(0).toString().contains(prefix)).toList();
      for (Path path : own.stream().sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Test
  void aConfigurationAndItsIncludeAreFoundAndTheDataSetIsWritten() {
    CommandRun run = CommandRun.of("encode", "--config", prefix + ".conf");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(Path.of(prefix + "-data", "manifest.json")).isRegularFile();
  }
}
