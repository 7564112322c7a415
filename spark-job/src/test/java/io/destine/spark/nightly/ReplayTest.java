package io.destine.spark.nightly;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.destine.spark.SharedSpark;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.JobConfigReader;
import io.destine.testing.Full;
import io.destine.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Full
class ReplayTest {
  @TempDir Path directory;

  /** On the second day all three are the first model: the same rows, seed and settings. */
  @Test
  void theThreeModelsBeginAsOneAndPartWhenOneOfThemHasSeenMore() throws IOException {
    Path logs = directory.resolve("logs");
    for (int day = 0; day <= 9; day++) {
      ClickDays.write(logs, day);
    }
    // They are new as long as nothing is in them.
    Files.createDirectories(directory.resolve("model.frozen"));
    Files.createDirectories(directory.resolve("model.scratch"));
    JobConfig config =
        JobConfigReader.parse(
            ClickDays.configuration(logs, directory.resolve("model")),
            List.of("nightly.keep-models=9", "train.epochs=2", "nightly.epochs=1"));
    NightlyJob nightly =
        new NightlyJob(
            SharedSpark.session(),
            config,
            "test",
            line -> {},
            train -> new TrainingListener() {},
            Clock.systemUTC());
    Replay replay = new Replay(SharedSpark.session(), config, nightly, "test", 3);
    List<Replay.Day> told = new ArrayList<>();
    List<Replay.Day> days = replay.run(ClickDays.day(2), ClickDays.day(9), told::add);

    assertThat(days).hasSize(7).isEqualTo(told);
    Replay.Day second = days.get(0);
    assertThat(second.warm().logLoss())
        .isEqualTo(second.frozen().logLoss())
        .isEqualTo(second.scratch().logLoss());
    Replay.Day last = days.get(6);
    assertThat(last.warm().logLoss())
        .isNotEqualTo(last.frozen().logLoss())
        .isNotEqualTo(last.scratch().logLoss());
    assertThat(last.warm().logLoss())
        .as("seven more days hold items that the frozen model has no ids for")
        .isLessThan(last.frozen().logLoss());
    JsonNode summary = replay.summary(days);
    assertThat(summary.path("vocabularies_with_the_same_ids").asInt())
        .isEqualTo(1 + summary.path("promoted").asInt());
    assertThat(summary.path("models_with_the_same_bits_a_week_later").asInt()).isEqualTo(1);
    assertThat(summary.at("/frozen/log_loss").asDouble())
        .isEqualTo(days.stream().mapToDouble(d -> d.frozen().logLoss()).average().orElseThrow());
    assertThat(Replay.row(last).split(",")).hasSameSizeAs(Replay.HEADER.split(","));
  }
}
