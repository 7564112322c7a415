package io.destine.spark.nightly;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.artifact.LocalModelDirectory;
import io.destine.artifact.Manifest;
import io.destine.artifact.ModelReader;
import io.destine.spark.report.RunResult;
import io.destine.testing.Full;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibratedNightsTest {
  private static final String[] SETTINGS = {"negatives=0.2", "train.calibration=platt"};

  @TempDir Path directory;

  private static Manifest manifest(Nights nights, int day) {
    Path model = nights.model.resolve("models/" + ClickDays.day(day));
    return ModelReader.open(new LocalModelDirectory(model)).manifest();
  }

  /** Half of the rows are clicks; without the shift the predicted rate would be five in six. */
  @Full
  @Test
  void candidateForecastAndPublishedModelAreCalibratedAndEachNightFitsItsOwn() throws IOException {
    Nights nights = new Nights(directory, "model");
    nights.days(0, 1, 2, 3);
    nights.run(2, SETTINGS);
    RunRecord run = nights.run(3, SETTINGS);
    assertThat(run.result()).as(run.reasons()).isEqualTo(RunResult.PROMOTED);
    for (String figures : new String[] {"candidate", "published_same_rows", "forecast"}) {
      assertThat(Nights.number(run, figures + "/calibration").orElseThrow())
          .as(figures)
          .isBetween(0.8, 1.25);
    }
    Manifest candidate = manifest(nights, 3);
    assertThat(candidate.lineage().parentManifestSha256()).isNotNull();
    assertThat(candidate.logitMap().isIdentity()).isFalse();
    assertThat(candidate.logitMap()).isNotEqualTo(manifest(nights, 2).logitMap());
    Map<?, ?> test = (Map<?, ?>) candidate.metrics().get("test");
    assertThat((double) test.get("log_loss"))
        .isEqualTo(Nights.number(run, "candidate/log_loss").orElseThrow());
  }

  /** The network is the same, the probabilities are not. */
  @Test
  void aForcedNightWithAnotherCalibrationIsAnotherModel() throws IOException {
    Nights nights = new Nights(directory, "model");
    nights.days(0, 1, 2);
    nights.run(2);
    NightlyJob.Outcome forced = nights.run(2, Nights.FORCED, SETTINGS);
    assertThat(forced.before()).isFalse();
    assertThat(forced.run().report().identity().modelName()).endsWith(".2");
  }
}
