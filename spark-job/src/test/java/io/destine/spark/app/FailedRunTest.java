package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.SharedSpark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run leaves that fails while rows are encoded. */
class FailedRunTest {
  private static final int ROWS = 400;

  @TempDir Path directory;

  @BeforeAll
  static void startSpark() {
    SharedSpark.session();
  }

  /** A table whose row 7 has the given price. */
  private CommandRun encode(String price, String... settings) throws IOException {
    StringBuilder csv = new StringBuilder("clicked,user,price\n");
    for (int n = 0; n < ROWS; n++) {
      csv.append(n % 2).append(",u").append(n % 5).append(',');
      csv.append(n == 7 ? price : Integer.toString(n)).append('\n');
    }
    Files.writeString(directory.resolve("clicks.csv"), csv);
    Files.writeString(
        directory.resolve("job.conf"),
        """
        source { path = "%s", format = csv }
        label = clicked
        fields = [ user, { name = price, kind = numeric, transform = linear } ]
        split { train = 1, validation = 0, test = 0 }
        output { model = "%s" }
        """
            .formatted(directory.resolve("clicks.csv"), directory.resolve("runs/clicks")));
    return CommandRun.of("encode", "--config", directory.resolve("job.conf").toString());
  }

  private Stream<Path> left() throws IOException {
    Path runs = directory.resolve("runs");
    return Files.exists(runs) ? Files.list(runs) : Stream.of();
  }

  @Test
  void tooManyBadRowsAreKeptAndTheErrorSaysWhere() throws IOException {
    CommandRun run = encode("cheap");
    assertThat(run.code()).isEqualTo(2);
    String quarantine = directory.resolve("runs/clicks.data/quarantine").toString();
    assertThat(run.errors())
        .singleElement()
        .asString()
        .contains("1 of 400 rows cannot be read")
        .endsWith("; rows that cannot be read are kept in " + quarantine);
    assertThat(SharedSpark.session().read().json(quarantine).count()).isOne();
    assertThat(left()).containsExactly(directory.resolve("runs/clicks.data"));
    assertThat(Path.of(quarantine).resolveSibling("rows")).doesNotExist();
  }

  @Test
  void aNumberThatIsTooLargeIsTheUsersErrorAndNothingStays() throws IOException {
    CommandRun run = encode("1e200");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.errors())
        .singleElement()
        .asString()
        .startsWith("error: field \"price\": a number of size 1.0E200 is too large");
    assertThat(left()).isEmpty();
  }
}
