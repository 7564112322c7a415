package io.destine.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The text of a night's page about refusals, differences within the noise, and a rollback. */
class OutcomePageTest {
  private static ReadPage page(JsonNode report) {
    return ReadPage.of(
        HtmlReport.render(RunReport.of(report), new RunLinks(Optional.empty(), Optional.empty())));
  }

  private static String verdict(ObjectNode report, String figure) {
    List<String> cells = page(report).row("Candidate and published model", figure);
    return cells.get(cells.size() - 1);
  }

  private static ReadPage index(ObjectNode report) {
    SortedMap<String, RunReport> runs = new TreeMap<>();
    runs.put("2026-11-24", RunReport.of(report));
    return ReadPage.of(IndexPage.render("models/clicks", runs, "2026-11-24", Set.of()));
  }

  @Test
  void aDifferenceWhoseIntervalHoldsZeroIsNeitherBetterNorWorse() {
    ObjectNode report = SampleReport.promoted();
    ObjectNode difference =
        report.putObject("candidate_minus_published").putObject("log_loss").put("mean", -0.001);
    difference.put("low", -0.0021).put("high", -0.0001);
    assertThat(verdict(report, "Log loss")).isEqualTo("better");
    assertThat(verdict(report, "AUC")).isEqualTo("better");
    assertThat(index(report).texts("//td[@class='number']/small")).isEmpty();
    difference.put("high", 0.0001);
    assertThat(verdict(report, "Log loss")).isEqualTo("within the noise");
    assertThat(verdict(report, "Normalized entropy")).isEqualTo("within the noise");
    assertThat(verdict(report, "ECE")).isEqualTo("no interval");
    assertThat(index(report).texts("//td[@class='number']/small"))
        .containsExactly("within the noise");
  }

  /** The sample's AUCs are 0.697067 and 0.682692. */
  @Test
  void anAucIsJudgedByItsOwnInterval() {
    ObjectNode report = SampleReport.promoted();
    report
        .putObject("candidate_minus_published")
        .putObject("log_loss")
        .put("low", -0.0021)
        .put("high", 0.0001);
    ObjectNode interval =
        ((ObjectNode) report.path("candidate")).putObject("intervals").putObject("auc");
    interval.put("low", 0.6827).put("high", 0.7115);
    assertThat(verdict(report, "AUC")).isEqualTo("better");
    interval.put("low", 0.6826);
    assertThat(verdict(report, "AUC")).isEqualTo("within the noise");
  }

  @Test
  void aRefusalIsHeadedByTheChecksThatWereMissed() {
    ObjectNode report = SampleReport.promoted();
    report.put("result", "refused").put("published", "models/2026-11-22");
    report.putArray("reasons").add("calibration of the candidate: 0.6500 is below 0.8000");
    ObjectNode low = report.withArray("gate").addObject();
    low.put("check", "calibration_low").put("passed", false).put("value", 0.65).put("bound", 0.8);
    ReadPage page = page(report);
    assertThat(page.texts("//h1"))
        .containsExactly("Refused The new model failed the gate: calibration");
    assertThat(page.texts("//header/p"))
        .noneMatch(text -> text.startsWith("Decided by"))
        .anyMatch(text -> text.startsWith("Log loss on 2,469 held-out rows: candidate "));
    ObjectNode few = SampleReport.promoted().put("result", "refused");
    few.putArray("gate").addObject().put("check", "held_out_rows").put("passed", false);
    assertThat(page(few).texts("//h1"))
        .containsExactly("Refused The new model failed the gate: held-out rows");
    ((ObjectNode) report.path("gate").path(0)).put("passed", false);
    assertThat(page(report).texts("//h1"))
        .containsExactly("Refused The new model failed the gate: log loss, calibration");
    assertThat(page(report).texts("//header/p"))
        .anyMatch(text -> text.startsWith("Decided by log loss on 2,469 held-out rows"));
  }

  @Test
  void aRollbackIsAdvisedOnlyIfThereIsAPreviousModel() {
    String advice = "If it misbehaves, rollback makes the previous model live again.";
    assertThat(page(SampleReport.promoted()).texts("//section//li")).contains(advice);
    assertThat(page(SampleReport.first()).texts("//section//li"))
        .contains("No action needed: the new model is serving.")
        .doesNotContain(advice);
  }

  @Test
  void aRollbackIsShownByThePageOfTheRunAndByTheIndex() {
    ObjectNode report = SampleReport.promoted();
    report.putObject("rolled_back").put("at", "2026-11-25T09:12:00Z").put("to", "2026-11-23");
    ReadPage page = page(report);
    assertThat(page.texts("//h1")).containsExactly("Published The new model was rolled back");
    assertThat(page.texts("//header/p"))
        .contains(
            "models/2026-11-24 was live until 2026-11-25 09:12:00 UTC, when a rollback made"
                + " 2026-11-23 live again.");
    assertThat(page.texts("//section[h2='What to do now']//li"))
        .containsExactly(
            "No action needed: the next nightly run continues from 2026-11-23.",
            "rollback --to 2026-11-24.1 makes the model of this run live again.");
    assertThat(index(report).texts("//td/small"))
        .contains("rolled back to 2026-11-23, 2026-11-25 09:12:00 UTC");
    report.putObject("rolled_back").put("at", 5);
    assertThat(page(report).texts("//h1"))
        .containsExactly("Published The new model was rolled back");
  }
}
