package io.destine.spark.tune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.destine.config.Metric;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StandingTest {
  private static final int ALL = SearchPlan.ALL_EPOCHS;

  private static TrialRecord record(long seed, double... losses) {
    TrialRecord record = TrialRecord.begun("h" + seed, seed);
    for (int n = 0; n < losses.length; n++) {
      record = record.after(new EpochFigures(n + 1, 1 - losses[n], losses[n]), 2);
    }
    return record.finished(
        JsonNodeFactory.instance.objectNode().put("log_loss", 1.0 * seed).put("auc", 0.5), 1);
  }

  private static Standing standing(int number, int epochs, TrialRecord... records) {
    return new Standing(
        number, Trial.of(Map.of("n", "" + number)), Metric.LOG_LOSS, epochs, List.of(records));
  }

  @Test
  void theValueIsTheMeanOfTheBestEpochsAndTheSpreadTheirStandardDeviation() {
    Standing three =
        standing(1, ALL, record(1, 0.5, 0.3, 0.4), record(2, 0.6), record(3, 0.7, 0.9));
    // Of 0.3, 0.6 and 0.7 the squares sum to 0.94, less 3 times that of the mean: 0.26 / 3.
    assertThat(three.value().getAsDouble()).isCloseTo(1.6 / 3, within(1e-12));
    assertThat(three.spread().getAsDouble()).isCloseTo(Math.sqrt(0.26 / 3 / 2), within(1e-12));
    assertThat(three.auc().getAsDouble()).isCloseTo(1 - 1.6 / 3, within(1e-12));
    assertThat(three.seconds()).isEqualTo(6 + 2 + 4 + 3);
    assertThat(three.test("log_loss")).hasValue(2);
    assertThat(standing(1, ALL, record(1, 0.5)).spread()).isEmpty();
  }

  @Test
  void epochsBeyondTheRoundDoNotCount() {
    assertThat(standing(1, 1, record(1, 0.5, 0.3)).value()).hasValue(0.5);
    assertThat(standing(1, 2, record(1, 0.5, 0.3)).value()).hasValue(0.3);
  }

  @Test
  void theCalibratedLogLossIsThatOfATrialWithAllItsEpochs() {
    TrialRecord calibrated = record(1, 0.5, 0.3, 0.4).calibrated(0.2);
    assertThat(standing(1, ALL, calibrated).value()).hasValue(0.2);
    assertThat(standing(1, 3, calibrated).value()).hasValue(0.2);
    assertThat(standing(1, 2, calibrated).value()).hasValue(0.3);
    assertThat(calibrated.best(Metric.LOG_LOSS, ALL).orElseThrow().epoch()).isEqualTo(2);
    assertThat(calibrated.uncalibrated(Metric.LOG_LOSS, ALL).orElseThrow().logLoss())
        .isEqualTo(0.3);
    assertThat(TrialRecord.parse(calibrated.toJson().toString())).hasValue(calibrated);
    TrialRecord plain = record(1, 0.5);
    assertThat(TrialRecord.parse(plain.toJson().toString())).hasValue(plain);
  }

  @Test
  void theBestComesFirstAndATrialThatFailedLast() {
    Standing good = standing(1, ALL, record(1, 0.3));
    Standing same = standing(2, ALL, record(1, 0.3));
    Standing bad = standing(3, ALL, record(1, 0.4));
    Standing failed = standing(4, ALL, record(1, 0.1), record(2, 0.1).failed("it diverged"));
    assertThat(
            List.of(failed, bad, same, good).stream()
                .sorted(Standing.BEST_FIRST)
                .map(Standing::number))
        .containsExactly(1, 2, 3, 4);
    assertThat(failed.words()).isEqualTo("failed: it diverged");
    assertThat(standing(5, ALL, record(1, Double.NaN)).words()).isEqualTo("no finite log loss");
  }

  @Test
  void byAucMoreIsBetter() {
    Standing low =
        new Standing(1, Trial.of(Map.of()), Metric.AUC, ALL, List.of(record(1, 0.4, 0.5)));
    Standing high = new Standing(2, Trial.of(Map.of()), Metric.AUC, ALL, List.of(record(1, 0.3)));
    assertThat(low.value()).hasValue(0.6);
    assertThat(Standing.BEST_FIRST.compare(low, high)).isPositive();
  }

  @Test
  void aRecordIsReadAsItWasWritten() {
    TrialRecord record = record(7, 0.5, 0.25);
    assertThat(TrialRecord.parse(record.toJson().toString())).contains(record);
    TrialRecord failed = TrialRecord.begun("h", 1).failed("epoch 1: loss is not finite");
    assertThat(TrialRecord.parse(failed.toJson().toString())).contains(failed);
    assertThat(TrialRecord.parse("{\"format\":\"other\"}")).isEmpty();
    assertThat(TrialRecord.parse("{")).isEmpty();
  }

  @Test
  void anEpochThatIsTrainedAgainReplacesTheLaterOnes() {
    TrialRecord record = TrialRecord.begun("h", 1);
    for (int epoch : new int[] {1, 2, 3, 2}) {
      record = record.after(new EpochFigures(epoch, 0.5, epoch), 1);
    }
    assertThat(record.curve()).extracting(EpochFigures::epoch).containsExactly(1, 2);
    assertThat(record.reached(2)).isTrue();
    assertThat(record.reached(3)).isFalse();
  }

  private static Standing tested(int number, double... aucs) {
    TrialRecord[] records = new TrialRecord[aucs.length];
    for (int n = 0; n < aucs.length; n++) {
      records[n] =
          record(n, 0.5)
              .finished(
                  JsonNodeFactory.instance.objectNode().put("log_loss", 0.5).put("auc", aucs[n]),
                  0);
    }
    return standing(number, ALL, records);
  }

  @Test
  void aDifferenceIsOfPairsOfSeedsWithStudentsInterval() {
    Standing configuration = tested(1, 0.70, 0.71, 0.72);
    Difference difference =
        Difference.of(tested(2, 0.71, 0.75, 0.74), configuration, "auc").orElseThrow();
    // Differences 0.01, 0.04 and 0.02; t of 2 degrees of freedom at 0.975 is 4.302653.
    double half = 4.302653 * Math.sqrt((16.0 / 9 + 25.0 / 9 + 1.0 / 9) / 2 / 3) / 100;
    assertThat(difference.mean()).isCloseTo(0.07 / 3, within(1e-12));
    assertThat(difference.high() - difference.mean()).isCloseTo(half, within(1e-7));
    assertThat(difference.mean() - difference.low()).isCloseTo(half, within(1e-7));
    assertThat(Difference.of(tested(2, 0.71), tested(1, 0.70), "auc")).isEmpty();
    assertThat(Difference.of(tested(2, 0.71, 0.72), configuration, "auc")).isEmpty();
  }

  @Test
  void anAblationComparesTheTestRowsWithTheConfiguration() {
    TuneResult result =
        new TuneResult(
            "d",
            "ablation",
            Metric.LOG_LOSS,
            List.of(tested(1, 0.70, 0.70), tested(2, 0.72, 0.72)));
    assertThat(result.table().lines().toList().get(3))
        .isEqualTo(
            "    2    0.5000  +0.0000 (+0.0000 to +0.0000)    0.7200  +0.0200 (+0.0200 to +0.0200)"
                + "    n=2");
    assertThat(result.toJson().path("trials").get(1).path("test").path("auc_difference"))
        .hasToString(
            "{\"mean\":0.020000000000000018,\"low\":0.020000000000000018,\"high\":0.020000000000000018}");
    assertThat(result.toJson().path("trials").get(0).path("test").has("auc_difference")).isFalse();
  }

  @Test
  void aTableHasAColumnForEachSettingAndQuotesWhatHasCommas() {
    Standing deep =
        new Standing(
            1,
            Trial.of(Map.of("model.deep", "[128,64]")),
            Metric.LOG_LOSS,
            ALL,
            List.of(record(1, 0.25)));
    TuneResult result =
        new TuneResult(
            "d", "grid", Metric.LOG_LOSS, List.of(standing(2, ALL, record(1, 0.5)), deep));
    assertThat(result.csv())
        .isEqualTo(
            """
            rank,trial,state,epochs,validation_log_loss,validation_auc,spread,seeds,seconds,model.deep,n
            1,1,finished,1,0.25,0.75,,1,3.0,"[128,64]",
            2,2,finished,1,0.5,0.5,,1,3.0,,2
            """);
  }
}
