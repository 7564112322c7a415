package io.destine.spark.nightly;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.report.RunResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nights whose tables executors own write the same bytes as nights whose tables the driver owns.
 */
class OwnedNightsTest {
  @TempDir Path directory;

  /** The digests after two nights; the embeddings of ids that do not occur on a day decay. */
  private Map<String, String> afterTwo(String owners) throws IOException {
    Nights nights = new Nights(directory, owners);
    nights.days(0, 1, 2, 3);
    String[] settings = {
      "compute.owners=" + owners,
      "nightly.decay-after-days=1",
      "nightly.decay=0.5",
      // Tables of such rows leave room at their beginning.
      "model.embedding-dim=16"
    };
    RunRecord first = nights.run(2, settings);
    assertThat(first.result()).as(first.reasons()).isEqualTo(RunResult.PROMOTED);
    RunRecord second = nights.run(3, settings);
    assertThat(second.result()).as(second.reasons()).isEqualTo(RunResult.PROMOTED);
    assertThat(nights.log)
        .anyMatch(line -> line.matches("warm start from .* ids not seen recently decay"));
    assertThat(nights.log.stream().anyMatch(line -> line.endsWith("executors own the table rows")))
        .isEqualTo(owners.equals("executors"));
    return nights.digests(ClickDays.day(3).toString());
  }

  @Test
  void theSameBytes() throws IOException {
    Map<String, String> driver = afterTwo("driver");
    assertThat(driver.keySet()).anyMatch(file -> file.contains("last_seen"));
    assertThat(afterTwo("executors")).isEqualTo(driver);
  }
}
