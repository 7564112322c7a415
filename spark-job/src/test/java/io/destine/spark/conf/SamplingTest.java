package io.destine.spark.conf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.destine.config.CalibrationMethod;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SamplingTest {
  private static final String JOB =
      "source.path = rows, label = y, fields = [a], output.model = model\n";

  private static JobConfig job(String settings) {
    return JobConfigReader.parse(JOB + settings, List.of());
  }

  @Test
  void theShiftIsWhatSamplingAndWeightsDoToTheLogOdds() {
    Sampling sampling = job("negatives = 0.1, positive-weight = 3").encoding().sampling();
    double odds = 0.02 * 3 / (0.98 * 0.1);
    assertThat(Math.log(odds) + sampling.logitShift())
        .isCloseTo(Math.log(0.02 / 0.98), within(1e-14));
    assertThat(job("").encoding().sampling()).isEqualTo(Sampling.NONE);
    assertThat(Sampling.NONE.logitShift()).isZero();
  }

  @Test
  void aValueOutOfRangeIsNamedWithItsRange() {
    Map.of(
            "negatives = 0", "negatives is 0.0; it must be above 0 and at most 1",
            "negatives = 1.5", "negatives is 1.5; it must be above 0 and at most 1",
            "positive-weight = 0",
                "positive-weight is 0.0; it must be at least 0.001 and at most 1000.0",
            "positive-weight = 1e4",
                "positive-weight is 10000.0; it must be at least 0.001 and at most 1000.0",
            "train.calibration = plat", "train.calibration is \"plat\"; it must be one of none,")
        .forEach(
            (settings, message) ->
                assertThatThrownBy(() -> job(settings))
                    .isInstanceOf(ConfigProblems.class)
                    .hasMessageContaining(message)
                    .satisfies(e -> assertThat(((ConfigProblems) e).problems()).hasSize(1)));
  }

  @Test
  void aDataSetOfOtherValuesIsAnotherOne() {
    assertThat(job("negatives = 0.5").encodingFingerprint())
        .isNotEqualTo(job("").encodingFingerprint());
    assertThat(job("positive-weight = 2").encodingFingerprint())
        .isNotEqualTo(job("").encodingFingerprint());
    assertThat(job("train.calibration = platt").encodingFingerprint())
        .isEqualTo(job("").encodingFingerprint());
  }

  @Test
  void aModelKeepsTheValuesAndASearchMayGiveOthers() {
    JobConfig job = job("negatives = 0.5, positive-weight = 2, train.calibration = isotonic");
    assertThat(JobConfigReader.stored("model", job.toJson(), List.of(), false)).isEqualTo(job);
    TuneFile file =
        TuneFile.parse(
            JOB
                + """
                tune {
                  negatives = [0.1, 1]
                  positive-weight = "log(0.5, 5)"
                  train.calibration = [none, platt]
                }
                """,
            List.of());
    JobConfig trial =
        file.trial(
            Map.of("negatives", "0.1", "positive-weight", "2.5", "train.calibration", "platt"));
    assertThat(trial.encoding().sampling()).isEqualTo(new Sampling(0.1, 2.5));
    assertThat(trial.train().calibration()).isEqualTo(CalibrationMethod.PLATT);
    assertThat(file.space()).hasSize(3);
  }
}
