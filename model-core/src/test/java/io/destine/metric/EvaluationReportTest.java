package io.destine.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.config.Metric;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluationReportTest {
  @ParameterizedTest
  @ValueSource(strings = {"weighted", "unweighted"})
  void metricsAreThoseOfScikitLearn(String kind) throws IOException {
    JsonNode reference;
    try (InputStream in = getClass().getResourceAsStream("/metric/scikit-learn.json")) {
      reference = new ObjectMapper().readTree(in);
    }
    int n = reference.get("logits").size();
    ScoredSample s = new ScoredSample(n);
    for (int i = 0; i < n; i++) {
      s.logits[i] = reference.get("logits").get(i).asDouble();
      s.labels[i] = reference.get("labels").get(i).asInt();
      s.weights[i] = (float) reference.get("weights").get(i).asDouble();
      // The reference counts its groups from 0, which stands for no group here.
      s.groups[i] = 1 + reference.get("groups").get(i).asLong();
    }
    float[] weights = kind.equals("weighted") ? s.weights : null;
    ObjectNode json = EvaluationReport.of(s.logits, s.labels, weights, s.groups).toJson();
    JsonNode expected = reference.get(kind);
    assertThat(expected.size()).isEqualTo(10);
    expected
        .fields()
        .forEachRemaining(
            metric ->
                assertThat(json.get(metric.getKey()).asDouble())
                    .as(metric.getKey())
                    .isCloseTo(metric.getValue().asDouble(), within(1e-11)));
    assertThat(json.get("gauc_skipped").asInt()).isEqualTo(1);
  }

  @Property(tries = 60)
  void groupSumsMergeToTheBitWhenGroupsAreWhole(
      @ForAll @IntRange(max = 150) int rows, @ForAll long seed) {
    ScoredSample s = ScoredSample.random(rows, seed);
    GroupAucSums all = new GroupAucSums(WeightUnit.OF_ONES);
    all.add(s.groups, s.logits, s.labels, s.weights);
    GroupAucSums merged = new GroupAucSums(WeightUnit.OF_ONES);
    for (int g = 6; g >= 0; g--) {
      long group = g * 0x9E3779B97F4A7C15L;
      int[] places = IntStream.range(0, rows).filter(i -> s.groups[i] == group).toArray();
      ScoredSample part = s.select(places);
      GroupAucSums sums = new GroupAucSums(WeightUnit.OF_ONES);
      sums.add(part.groups, part.logits, part.labels, part.weights);
      merged.merge(sums);
    }
    assertThat(merged).isEqualTo(all);
  }

  /** Group 5 has AUC 1; the rows without a group, all ranked wrongly, would have 0. */
  @Test
  void rowsWithoutAGroupAreNoGroup() {
    EvaluationReport report =
        EvaluationReport.of(
            new double[] {1, 9, 2, 8},
            new float[] {0, 0, 1, 1},
            null,
            new long[] {5, GroupAucSums.NO_GROUP, 5, GroupAucSums.NO_GROUP});
    assertThat(report.gauc()).hasValue(1);
    assertThat(report.gaucGroups()).isEqualTo(1);
    assertThat(report.gaucSkipped()).isZero();
    assertThat(report.gaucRowsWithoutGroup()).isEqualTo(2);
    assertThat(report.toJson().get("gauc_rows_without_group").asInt()).isEqualTo(2);
    assertThat(report.warnings())
        .hasSize(2)
        .anyMatch(warning -> warning.startsWith("the model is worse than guessing"))
        .last()
        .isEqualTo("2 of 4 rows have no group, so gauc leaves them out");
  }

  @Test
  void anEmptySplitHasNoMetricsAndAWarning() {
    EvaluationReport report = EvaluationReport.of(new double[0], new float[0], null, new long[0]);
    assertThat(report.rows()).isZero();
    assertThat(report.value(Metric.AUC)).isEmpty();
    assertThat(report.value(Metric.LOG_LOSS)).isEmpty();
    assertThat(report.warnings()).containsExactly("there are no rows, so there are no metrics");
    assertThat(report.toJson().toString()).doesNotContain("NaN");
    assertThat(report.toJson().has("auc")).isFalse();
  }

  @Test
  void oneClassHasALogLossButNoRankingMetrics() {
    EvaluationReport report =
        EvaluationReport.of(new double[] {1, -2}, new float[] {0, 0}, null, new long[] {1, 1});
    assertThat(report.auc()).isEmpty();
    assertThat(report.prAuc()).isEmpty();
    assertThat(report.normalizedEntropy()).isEmpty();
    assertThat(report.calibration()).isEmpty();
    assertThat(report.gauc()).isEmpty();
    assertThat(report.gaucSkipped()).isEqualTo(1);
    assertThat(report.logLoss().getAsDouble())
        .isCloseTo((Math.log1p(Math.exp(1)) + Math.log1p(Math.exp(-2))) / 2, within(1e-11));
    assertThat(report.warnings())
        .containsExactly(
            "all labels are 0, so auc, pr_auc, normalized_entropy and calibration are not defined");
  }

  @Test
  void rowsOfWeightZeroHaveNoMetrics() {
    EvaluationReport report =
        EvaluationReport.of(new double[2], new float[] {0, 1}, new float[2], null);
    assertThat(report.rows()).isEqualTo(2);
    assertThat(report.logLoss()).isEmpty();
    assertThat(report.warnings()).contains("all rows have weight 0, so there are no metrics");
  }

  @Test
  void aCollapsedModelIsWarnedOf() {
    EvaluationReport report =
        EvaluationReport.of(new double[] {3, 3}, new float[] {0, 1}, null, null);
    assertThat(report.constant()).isTrue();
    assertThat(report.auc()).hasValue(0.5);
    assertThat(report.warnings())
        .isEqualTo(
            List.of(
                "all predictions are the same: the fields of all rows are equal, or the model has"
                    + " collapsed to a constant",
                // ln(1 + e^3) / 2 + ln(1 + e^-3) / 2 over ln 2.
                "the model is worse than guessing: always predicting the share of positives,"
                    + " 0.5000, has a lower log loss (normalized entropy 2.2341, above 1)"));
    assertThat(report.minPrediction())
        .isEqualTo(report.maxPrediction())
        .isNotEqualTo(OptionalDouble.empty());
  }
}
