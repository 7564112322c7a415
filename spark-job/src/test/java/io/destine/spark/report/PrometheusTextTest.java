package io.destine.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PrometheusTextTest {
  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\n]|\\\\[\\\\\"n])*\"";
  private static final Pattern HELP = Pattern.compile("# HELP (" + NAME + ") ([^\\\\\n]+)");
  private static final Pattern TYPE = Pattern.compile("# TYPE (" + NAME + ") gauge");
  private static final Pattern SAMPLE =
      Pattern.compile(
          "("
              + NAME
              + ")(\\{"
              + LABEL
              + "(?:,"
              + LABEL
              + ")*}) (-?\\d+(?:\\.\\d+)?(?:E[+-]?\\d+)?)");

  /**
   * Parses the format strictly: each family once, as HELP, TYPE and samples in this order; no two
   * samples with the same labels; every line ended.
   */
  private static Map<String, Double> parse(String text) {
    assertThat(text).endsWith("\n").doesNotContain("\n\n");
    Map<String, Double> samples = new LinkedHashMap<>();
    Set<String> families = new HashSet<>();
    String family = null;
    String typed = null;
    for (String line : text.lines().toList()) {
      Matcher help = HELP.matcher(line);
      Matcher type = TYPE.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (help.matches()) {
        family = help.group(1);
        assertThat(families.add(family)).as(line).isTrue();
        assertThat(family).startsWith("destine_nightly_");
      } else if (type.matches()) {
        typed = type.group(1);
        assertThat(typed).isEqualTo(family);
      } else {
        assertThat(sample.matches()).as(line).isTrue();
        assertThat(sample.group(1)).isEqualTo(family).isEqualTo(typed);
        String series = sample.group(1).substring("destine_nightly_".length()) + sample.group(2);
        assertThat(samples.put(series, Double.valueOf(sample.group(3)))).as(line).isNull();
      }
    }
    return samples;
  }

  static List<ObjectNode> reports() {
    return HtmlReportTest.reports();
  }

  @ParameterizedTest
  @MethodSource("reports")
  void everyLineFollowsTheGrammar(ObjectNode report) {
    assertThat(parse(PrometheusText.render(RunReport.of(report)))).isNotEmpty();
  }

  @Test
  void valuesAreThoseOfTheReport() {
    ObjectNode report = SampleReport.promoted();
    Map<String, Double> samples = parse(PrometheusText.render(RunReport.of(report)));
    String model = "model=\"models/clicks\"";
    double finished = Instant.parse("2026-11-25T01:13:38Z").getEpochSecond();
    assertThat(samples)
        .containsEntry("last_run_timestamp_seconds{" + model + "}", finished)
        .containsEntry("last_success_timestamp_seconds{" + model + "}", finished)
        .containsEntry("run_result{" + model + ",result=\"promoted\"}", 1.0)
        .containsEntry("run_result{" + model + ",result=\"refused\"}", 0.0)
        .containsEntry("run_result{" + model + ",result=\"failed\"}", 0.0)
        .containsEntry("run_seconds{" + model + "}", 95.2)
        .containsEntry("stage_seconds{" + model + ",stage=\"train\"}", 48.3)
        .containsEntry(
            "live_model_date_timestamp_seconds{" + model + "}",
            (double) Instant.parse("2026-11-24T00:00:00Z").getEpochSecond())
        .containsEntry(
            "auc{" + model + ",which=\"candidate\"}",
            report.path("candidate").path("auc").doubleValue())
        .containsEntry(
            "log_loss{" + model + ",which=\"published\"}",
            report.path("published_same_rows").path("log_loss").doubleValue())
        .containsEntry(
            "calibration{" + model + ",which=\"forecast\"}",
            report.path("forecast").path("calibration").doubleValue())
        .containsEntry("input_rows{" + model + "}", 12345.0)
        .containsEntry("input_quarantined_rows{" + model + "}", 3.0)
        .containsEntry("oov_rate{" + model + ",field=\"ad_campaign\"}", 0.0614)
        .containsEntry("vocabulary_ids{" + model + "}", 5100.0);
  }

  @Test
  void aRefusedRunKeepsTheTimeOfTheLastSuccess() {
    Map<String, Double> samples =
        parse(PrometheusText.render(RunReport.of(SampleReport.refused())));
    assertThat(samples)
        .containsEntry(
            "last_success_timestamp_seconds{model=\"models/clicks\"}",
            (double) Instant.parse("2026-11-23T01:13:00Z").getEpochSecond())
        .containsEntry("run_result{model=\"models/clicks\",result=\"refused\"}", 1.0);
  }

  @Test
  void whatTheRunNeverReachedHasNoSample() {
    Map<String, Double> samples = parse(PrometheusText.render(RunReport.of(SampleReport.failed())));
    assertThat(samples.keySet())
        .containsExactly(
            "last_run_timestamp_seconds{model=\"models/clicks\"}",
            "run_result{model=\"models/clicks\",result=\"promoted\"}",
            "run_result{model=\"models/clicks\",result=\"refused\"}",
            "run_result{model=\"models/clicks\",result=\"failed\"}");
  }

  @Test
  void labelsAreEscapedAndEqualNamesGiveOneSample() {
    ObjectNode report = SampleReport.failed().put("model", "a\\b\"c\nd");
    report
        .putArray("oov")
        .add(report.objectNode().put("field", "f").put("rate", 0.25))
        .add(report.objectNode().put("field", "f").put("rate", 1e-7))
        .add(report.objectNode().put("field", "nan").put("rate", Double.NaN));
    String text = PrometheusText.render(RunReport.of(report));
    assertThat(parse(text)).containsEntry("oov_rate{model=\"a\\\\b\\\"c\\nd\",field=\"f\"}", 1e-7);
    assertThat(text).doesNotContain("NaN", "nan", "0.25");
  }

  @Test
  void aReportWithoutAModelIsRefused() {
    ObjectNode report = SampleReport.failed();
    report.remove("model");
    assertThatThrownBy(() -> PrometheusText.render(RunReport.of(report)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "report: model, date and the result of an ended run are needed, got null, 2026-11-24,"
                + " FAILED");
  }
}
