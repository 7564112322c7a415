package io.destine.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HtmlReportTest {
  static List<ObjectNode> reports() {
    return List.of(
        SampleReport.promoted(),
        SampleReport.refused(),
        SampleReport.first(),
        SampleReport.failed(),
        SampleReport.hostile());
  }

  private static ReadPage page(JsonNode report) {
    return ReadPage.of(html(report));
  }

  private static String html(JsonNode report) {
    return HtmlReport.render(
        RunReport.of(report), new RunLinks(Optional.empty(), Optional.empty()));
  }

  private static String four(JsonNode value) {
    return String.format(Locale.ROOT, "%.4f", value.doubleValue());
  }

  @ParameterizedTest
  @MethodSource("reports")
  void everyPageIsWellFormedAndRefersToNothingOutside(ObjectNode report) {
    String html = html(report);
    ReadPage page = ReadPage.of(html);
    assertThat(html)
        .startsWith("<!DOCTYPE html>\n<html")
        .doesNotContain("http:", "https:", "src=", "url(", "@import", "xmlns");
    assertThat(page.attributes("//@href/..", "href")).containsExactly("../index.html");
    assertThat(page.all("//script | //link | //img | //iframe | //object | //@onload")).isEmpty();
  }

  @Test
  void theStyleSheetHoldsNothingThatEscapingWouldChange() {
    assertThat(Markup.escape(PageStyle.CSS)).isEqualTo(PageStyle.CSS);
  }

  @Test
  void theHeadlineSaysWhatWasDecidedAndWhy() {
    ReadPage page = page(SampleReport.promoted());
    assertThat(page.texts("//h1")).containsExactly("Published A new model is live");
    assertThat(page.texts("//header/p"))
        .contains("models/clicks, Tuesday, 24 November 2026")
        .anyMatch(text -> text.startsWith("models/2026-11-24 is now serving"));
    assertThat(page.texts("//header//li")).isEmpty();
    assertThat(page.texts("//header//dt"))
        .startsWith("Forecast log loss", "Forecast AUC", "Candidate log loss");
    assertThat(page.texts("//header//dd").get(4)).startsWith("12,345").endsWith("% positive");
  }

  /** 0.46908 is worse than 0.465441 by 0.003639; the tolerance is 0.467441 - 0.465441 = 0.002. */
  @Test
  void theHeadlineSaysByHowMuchAndWithinWhichToleranceAndInterval() {
    ObjectNode report = SampleReport.promoted();
    ObjectNode candidate = (ObjectNode) report.path("candidate");
    candidate.put("log_loss", 0.46908);
    candidate.putObject("intervals").putObject("log_loss").put("low", 0.45).put("high", 0.49);
    assertThat(page(report).texts("//header/p"))
        .contains(
            "Decided by log loss on 2,469 held-out rows: candidate 0.4691 (95% interval 0.4500 to"
                + " 0.4900), published model 0.4654. The candidate is worse by 0.0036; the"
                + " tolerance is 0.0020.");
    // 0.697067 - 0.682692; higher is better.
    assertThat(page(report).texts("//header/p"))
        .anyMatch(text -> text.contains("The candidate is better by 0.0144; the tolerance is"));
  }

  /** The sample's bound of log loss is 0.467441 - 0.465441 = 0.002 above the published one. */
  @Test
  void theHeadlineSaysHowFarTheLossesOfTheSameRowsAreApart() {
    ObjectNode report = SampleReport.promoted();
    ObjectNode difference =
        report.putObject("candidate_minus_published").putObject("log_loss").put("mean", -0.006361);
    String words = "Candidate − published log loss, row by row: −0.0064";
    assertThat(page(report).texts("//header/p")).contains(words + ", tolerance 0.0020.");
    difference.put("low", -0.0091).put("high", -0.0036);
    assertThat(page(report).texts("//header/p"))
        .contains(
            words
                + " (95% interval −0.0091 to −0.0036), tolerance 0.0020. The whole interval is"
                + " below 0: better by more than chance.");
    assertThat(page(report).row("Candidate and published model", "Log loss"))
        .anyMatch(cell -> cell.contains("−0.0091 to −0.0036"));
    difference.put("high", 0.0004);
    assertThat(page(report).texts("//header/p"))
        .contains(
            words
                + " (95% interval −0.0091 to +0.0004), tolerance 0.0020. The interval contains "
                + "0: the difference is within the noise of these rows.");
    difference.put("mean", 0.002).put("low", 0.0001).put("high", 0.0039);
    ((ObjectNode) report.path("gate").path(0)).put("check", "spread");
    assertThat(page(report).texts("//header/p"))
        .contains(
            "Candidate − published log loss, row by row: +0.0020 (95% interval +0.0001 to"
                + " +0.0039). The whole interval is above 0: worse by more than chance.");
    report.remove("candidate_minus_published");
    assertThat(page(report).texts("//header/p")).noneMatch(text -> text.contains("row by row"));
  }

  @Test
  void checksThatPassedAreFoldedUp() {
    ReadPage page = page(SampleReport.refused());
    assertThat(page.texts("//section[h2='Gate']/details/summary"))
        .containsExactly("✓ 4 checks passed");
    assertThat(page.all("//section[h2='Gate']/details//tr[@class='passed']")).hasSize(4);
    assertThat(page.all("//section[h2='Gate']/div//tr[@class='missed']")).hasSize(1);
    assertThat(page.all("//details[@open]")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0, 500", "1, 499", "499, 1"})
  void rowsOfACheckAreWholeNumbers(int rows, String missing) {
    ObjectNode report = SampleReport.promoted();
    ((ObjectNode) report.path("gate").path(4)).put("value", rows).put("passed", false);
    assertThat(page(report).texts("//section[h2='Gate']/div//tr[@class='missed']/td"))
        .containsExactly(String.valueOf(rows), "500", "✗ failed by " + missing);
  }

  @Test
  void everyOutcomeSaysWhatToDoNow() {
    String items = "//section[h2='What to do now']//li";
    assertThat(page(SampleReport.promoted()).texts(items).get(0)).startsWith("No action needed:");
    assertThat(page(SampleReport.failed()).texts(items))
        .anyMatch(text -> text.contains("nightly --date 2026-11-24"));
    ObjectNode refused = SampleReport.refused();
    assertThat(page(refused).texts(items).get(0)).contains("the live model stays in service");
    refused
        .putArray("history")
        .add(refused.objectNode().put("date", "2026-11-22").put("result", "promoted"))
        .add(refused.objectNode().put("date", "2026-11-23").put("result", "refused"))
        .add(refused.objectNode().put("date", "2026-11-24").put("result", "refused"));
    assertThat(page(refused).texts(items).get(1)).startsWith("The runs of the last 2 days");
  }

  @Test
  void neighboursAndIndexAreLinkedByPathsBesideThePage() {
    RunLinks links = new RunLinks(Optional.of("2026-11-23"), Optional.of("2026-11-25"));
    ReadPage page = ReadPage.of(HtmlReport.render(RunReport.of(SampleReport.promoted()), links));
    assertThat(page.attributes("//a", "href"))
        .containsExactly("../2026-11-23/report.html", "../index.html", "../2026-11-25/report.html");
    RunLinks first = new RunLinks(Optional.empty(), Optional.of("2026-11-25"));
    page = ReadPage.of(HtmlReport.render(RunReport.of(SampleReport.promoted()), first));
    assertThat(page.texts("//nav/a")).containsExactly("All runs", "2026-11-25 →");
  }

  @Test
  void theIndexListsRunsNewestFirstAndMarksTheLiveOne() {
    SortedMap<String, RunReport> runs = new TreeMap<>();
    runs.put("2026-11-22", RunReport.of(SampleReport.promoted()));
    runs.put("2026-11-23", RunReport.of(SampleReport.refused()));
    runs.put("2026-11-24", RunReport.of(SampleReport.failed()));
    runs.put("2026-11-25", RunReport.of(MissingNode.getInstance()));
    runs.put(
        "2026-11-26", RunReport.of(SampleReport.hostile().put("result", SampleReport.HOSTILE)));
    ReadPage page =
        ReadPage.of(IndexPage.render("models/clicks", runs, "2026-11-22", Set.of("2026-11-22")));
    assertThat(page.attributes("//td//a", "href"))
        .containsExactly("../models/2026-11-22/report.html");
    assertThat(page.attributes("//tbody//th/a", "href"))
        .containsExactly(
            "2026-11-26/report.html",
            "2026-11-25/report.html",
            "2026-11-24/report.html",
            "2026-11-23/report.html",
            "2026-11-22/report.html");
    assertThat(page.texts("//tr[@class='live']/th/a")).containsExactly("2026-11-22");
    assertThat(page.texts("//tr[@class='live']/td"))
        .containsExactly("publishedtraining", "0.4782", "0.6984", "−0.0064");
    // 0.482 - 0.465441.
    assertThat(page.texts("//tbody/tr[4]/td"))
        .containsExactly("refused", "0.4782", "0.6984", "+0.0166");
    assertThat(page.texts("//tbody/tr[3]/td")).containsExactly("failed", "–", "–", "–");
  }

  @Test
  void figuresOfBothModelsStandSideBySideWithAVerdictByWhatIsGood() {
    ObjectNode report = SampleReport.promoted();
    JsonNode mine = report.path("candidate");
    JsonNode theirs = report.path("published_same_rows");
    ReadPage page = page(report);
    String section = "Candidate and published model";
    double difference = mine.path("auc").doubleValue() - theirs.path("auc").doubleValue();
    assertThat(difference).isPositive();
    assertThat(page.row(section, "AUC"))
        .containsExactly(
            four(mine.path("auc")),
            four(theirs.path("auc")),
            String.format(Locale.ROOT, "+%.4f", difference),
            "better");
    assertThat(page.row(section, "Log loss"))
        .startsWith(four(mine.path("log_loss")), four(theirs.path("log_loss")))
        .endsWith("better");
    // |1.0457 - 1| exceeds |0.9620 - 1|.
    assertThat(page.row(section, "Calibration")).endsWith("worse");
    assertThat(page.row(section, "Base rate")).endsWith("0.0000", "");
    assertThat(page.texts("//section[h2='" + section + "']/p").get(0)).contains("2,469");
  }

  @Test
  void aRefusedCheckIsMarkedAndTheOthersAreNot() {
    ReadPage page = page(SampleReport.refused());
    assertThat(page.texts("//tr[@class='missed']/th"))
        .singleElement()
        .asString()
        .startsWith("log loss");
    assertThat(page.texts("//tr[@class='missed']/td"))
        .contains("0.4820", "✗ failed by 0.0146")
        .doesNotContain("✓ passed");
    assertThat(page.all("//tr[@class='passed']")).hasSize(4);
    assertThat(page.texts("//header/p").get(1)).endsWith("It has not learnt from the last 2 days.");
    assertThat(page.row("Candidate and published model", "Log loss")).endsWith("worse");
  }

  @Test
  void theFirstRunSaysThatNothingWasPublished() {
    ReadPage page = page(SampleReport.first());
    assertThat(page.texts("//p"))
        .contains(
            "There is no published model to compare with.",
            "There is no forecast: no model was live when the run started, or the live model had"
                + " learnt from that day or a later one.",
            "A chart needs runs of at least two days, one of them with figures.");
    assertThat(page.texts("//h2")).doesNotContain("Drift");
    assertThat(page.row("Vocabulary", "all fields")).containsExactly("–", "5,100", "–", "–");
    assertThat(page.all("//circle[contains(@class,'first')]")).isNotEmpty();
  }

  @Test
  void aFailedRunShowsItsErrorAndWhatItNeverReached() {
    ReadPage page = page(SampleReport.failed());
    assertThat(page.texts("//h1")).containsExactly("Failed The run stopped with an error");
    assertThat(page.texts("//pre")).containsExactly("input: rows must be at least 1000, got 213");
    assertThat(page.texts("//header//li")).containsExactly("the input has too few rows");
    assertThat(page.texts("//p"))
        .contains(
            "No model is live.",
            "No check was made.",
            "The run ended before a candidate was measured.",
            "No forecast was measured before the run failed.");
    assertThat(page.all("//figure")).isEmpty();
    assertThat(page.texts("//dt")).contains("Date of the data").doesNotContain("Parent model");
    assertThat(page(SampleReport.first()).texts("//dt")).contains("Parent model");
  }

  @Test
  void namesThatAreMarkupAreShownAsText() {
    ReadPage page = page(SampleReport.hostile());
    String shown = SampleReport.HOSTILE;
    assertThat(page.texts("//pre")).containsExactly(shown);
    assertThat(page(SampleReport.hostile().put("result", "refused")).texts("//header//li"))
        .containsExactly(shown);
    assertThat(page.texts("//section[h2='Gate']//small")).contains(shown);
    assertThat(page.texts("//section[h2='Drift']//tbody//th")).contains(shown);
    assertThat(page.texts("//section[h2='Vocabulary']//tbody//th")).contains(shown);
    assertThat(page.texts("//section[h2='Time']//tbody//th")).contains(shown);
    assertThat(page.texts("//title").get(0)).contains(shown);
  }

  @Test
  void charactersThatXmlForbidsAreReplaced() {
    ObjectNode report = SampleReport.promoted().put("kernel", "a\u0000b\u001bc\ud800d\uffffe");
    assertThat(page(report).texts("//dd")).contains("a\ufffdb\ufffdc\ufffdd\ufffde");
  }

  @Test
  void anyNodeMayBeMissingNullOrOfAnotherType() {
    List<String> paths = new ArrayList<>();
    collect(SampleReport.promoted(), "", paths);
    assertThat(paths).hasSizeGreaterThan(80);
    paths.removeAll(List.of("/model", "/date", "/result"));
    for (String path : paths) {
      int cut = path.lastIndexOf('/');
      String key = path.substring(cut + 1);
      for (int kind = 0; kind < 4; kind++) {
        ObjectNode report = SampleReport.promoted();
        ObjectNode parent = (ObjectNode) report.at(path.substring(0, cut));
        switch (kind) {
          case 0 -> parent.remove(key);
          case 1 -> parent.putNull(key);
          case 2 -> parent.put(key, Double.NaN);
          default -> parent.putArray(key).add("text").addNull();
        }
        String html = html(report);
        assertThat(html).as(path).contains("<h1>").doesNotContain("NaN", "Infinity", ">null<");
        if (kind == 0) {
          assertThat(ReadPage.of(html).all("/html/body/main/header")).as(path).hasSize(1);
        }
      }
    }
  }

  /** Paths of the members of objects; for arrays, of the first entry. */
  static void collect(JsonNode node, String path, List<String> paths) {
    node.fieldNames()
        .forEachRemaining(
            key -> {
              paths.add(path + "/" + key);
              collect(node.path(key), path + "/" + key, paths);
            });
    if (node.isArray() && node.path(0).isObject()) {
      collect(node.path(0), path + "/0", paths);
    }
  }

  @Test
  void whatEveryReportHasMustBeThere() {
    String needed = "report: model, date and the result of an ended run are needed, got ";
    for (String result : List.of("maybe", "running", "promoting")) {
      assertThatThrownBy(() -> html(SampleReport.promoted().put("result", result)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(needed + "models/clicks, 2026-11-24, ");
    }
    ObjectNode nameless = SampleReport.promoted();
    nameless.remove("model");
    assertThatThrownBy(() -> html(nameless))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(needed + "null, 2026-11-24, PROMOTED");
    assertThatThrownBy(() -> html(SampleReport.promoted().put("date", "today")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(needed + "models/clicks, null, PROMOTED");
    assertThatThrownBy(() -> html(MissingNode.getInstance()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void daysThatAllFailedGiveNoEmptyCharts() {
    ObjectNode report = SampleReport.failed();
    report
        .putArray("history")
        .add(report.objectNode().put("date", "2026-11-23").put("result", "failed"))
        .add(report.objectNode().put("date", "2026-11-24").put("result", "failed"));
    ReadPage page = page(report);
    assertThat(page.texts("//p"))
        .contains("A chart needs runs of at least two days, one of them with figures.");
    assertThat(page.texts("//h2")).doesNotContain("Drift");
  }

  @Test
  void aSingleEpochIsALineOfTheTableWithoutACurve() {
    ObjectNode report = SampleReport.promoted();
    report
        .putArray("learning")
        .addObject()
        .put("epoch", 1)
        .put("train_loss", 0.46)
        .put("validation_auc", 0.72)
        .put("validation_log_loss", 0.455)
        .put("learning_rate", 1e-3);
    ReadPage page = page(report);
    assertThat(page.texts("//section[h2='Learning']//td"))
        .containsExactly("1", "0.4600", "0.4550", "0.7200", "0.001");
    assertThat(page.all("//section[h2='Learning']//figure")).isEmpty();
  }

  @Test
  void fieldsWhoseOovRateRoseMostStandFirstWithBarsInProportion() {
    ObjectNode report = SampleReport.promoted();
    report
        .putArray("oov")
        .add(report.objectNode().put("field", "calm").put("rate", 0.01).put("recent", 0.02))
        .add(report.objectNode().put("field", "new").put("rate", 0.04).put("recent", 0.01));
    ReadPage page = page(report);
    assertThat(page.texts("//section[h2='Drift']//tbody//th")).containsExactly("new", "calm");
    assertThat(page.row("Drift", "new")).startsWith("4.00%", "1.00%");
    // 120 units stand for the highest rate, 4%.
    assertThat(page.attributes("//section[h2='Drift']//td//rect", "width"))
        .containsExactly("120.00", "30.00");
    assertThat(page.attributes("//section[h2='Drift']//td//line", "x1"))
        .containsExactly("30.00", "60.00");
  }

  @Test
  void theTimeOfAStepIsSharedAmongItsParts() {
    ReadPage page = page(SampleReport.promoted());
    // 58.8 of 93.9 ms.
    assertThat(page.row("Time", "compute")).startsWith("58.80 ms", "62.6%");
    assertThat(page.row("Time", "train")).startsWith("48.3 s");
    assertThat(page.texts("//section[h2='Time']//p"))
        .contains("144 steps, 43,455 rows per second.");
  }
}
