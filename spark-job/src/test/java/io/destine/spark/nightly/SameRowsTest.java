package io.destine.spark.nightly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.destine.optim.RateSchedule;
import io.destine.spark.report.RunResult;
import io.destine.testing.Full;
import io.destine.train.TrainingListener;
import io.destine.train.Validation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The candidate and the published model are compared on the same rows. */
class SameRowsTest {
  private static final String[] ONLY_LOG_LOSS = {
    "nightly.gate.min-calibration=0", "nightly.gate.max-calibration=100"
  };

  private static final String DIFFERENCE = "candidate_minus_published/log_loss/";

  @TempDir Path directory;

  private Nights nights;

  @BeforeEach
  void publish() throws IOException {
    nights = new Nights(directory, "model");
    nights.days(0, 1, 2, 3);
    nights.firstNight();
  }

  @Full
  @Test
  void alsoWhenTheSourceIsWrittenAgainMeanwhile() {
    TrainingListener overwriting =
        new TrainingListener() {
          @Override
          public void evaluated(
              int epoch,
              double trainLoss,
              Validation validation,
              double learningRate,
              RateSchedule.Verdict verdict) {
            try {
              ClickDays.write(nights.logs, 3, 300, 0.2, 0.8);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };
    RunRecord run = nights.job(overwriting).run(ClickDays.day(3), Nights.PLAIN).run();
    assertThat(Nights.number(run, "published_same_rows/rows"))
        .isEqualTo(Nights.number(run, "candidate/rows"))
        .isNotEmpty();
    assertThat(run.report().json().at("/published_same_rows/base_rate"))
        .isEqualTo(run.report().json().at("/candidate/base_rate"));
  }

  @Test
  void theMeanDifferenceIsThatOfTheFiguresAndStandsOnThePage() throws IOException {
    RunRecord run = nights.run(3);
    double mean = Nights.number(run, DIFFERENCE + "mean").getAsDouble();
    assertThat(mean)
        .isNotZero()
        .isCloseTo(
            Nights.number(run, "candidate/log_loss").getAsDouble()
                - Nights.number(run, "published_same_rows/log_loss").getAsDouble(),
            within(1e-11));
    // Symmetric about the mean, and narrower than the interval of the candidate's loss alone.
    double low = Nights.number(run, DIFFERENCE + "low").getAsDouble();
    double high = Nights.number(run, DIFFERENCE + "high").getAsDouble();
    assertThat((low + high) / 2).isCloseTo(mean, within(1e-12));
    assertThat(high - low)
        .isPositive()
        .isLessThan(
            Nights.number(run, "candidate/intervals/log_loss/high").getAsDouble()
                - Nights.number(run, "candidate/intervals/log_loss/low").getAsDouble());
    assertThat(Files.readString(nights.model.resolve("runs/" + run.name() + "/report.html")))
        .contains("Candidate − published log loss, row by row: ");
    assertThat(nights.log).anyMatch(line -> line.startsWith("candidate minus published log loss:"));
  }

  /** A learning rate far too large: what was learnt before is gone. */
  @Full
  @Test
  void aWorseCandidateIsRefusedByTheComparisonAlone() {
    RunRecord run = nights.run(3, "nightly.learning-rate=0.5", ONLY_LOG_LOSS[0], ONLY_LOG_LOSS[1]);
    assertThat(run.result()).as(run.reasons()).isEqualTo(RunResult.REFUSED);
    assertThat(run.reasons()).startsWith("log loss").contains("is above").doesNotContain(";");
    // All of a difference so large is above 0.
    assertThat(Nights.number(run, DIFFERENCE + "low").getAsDouble())
        .isGreaterThan(0.05)
        .isLessThan(Nights.number(run, DIFFERENCE + "mean").getAsDouble());
    assertThat(Nights.number(run, "candidate/log_loss").getAsDouble())
        .isGreaterThan(Nights.number(run, "published_same_rows/log_loss").getAsDouble() + 0.05);
    assertThat(nights.live().name()).isEqualTo(ClickDays.day(2).toString());
  }
}
