package io.destine.spark.report;

import java.util.List;
import java.util.OptionalDouble;

/** What ROC and precision-recall curves say, and what a few thresholds select. */
final class ThresholdSection {
  private ThresholdSection() {}

  static void write(Markup page, ReportNode report) {
    ReportNode splits = report.at("splits");
    ReportNode test = splits.at("test");
    CurveChart curves = new CurveChart(test, splits.at("validation"));
    List<ReportNode> thresholds = test.list("thresholds");
    if (!curves.present() && thresholds.isEmpty()) {
      return;
    }
    page.openSection(
        "Thresholds",
        "What it means to act on every row whose probability is at least a threshold.");
    page.open("div", "class", "charts");
    curves.roc(page);
    curves.precisionRecall(page);
    page.close();
    if (!thresholds.isEmpty()) {
      page.leaf("h3", "On the test rows");
      table(page, thresholds, test.number("base_rate"));
      page.leaf(
          "p",
          "Precision: share of positives among the rows acted on. Recall: share of all positives"
              + " that are among them. Lift: precision over the base rate.",
          "class",
          "note");
    }
    page.close();
  }

  private static void table(Markup page, List<ReportNode> thresholds, OptionalDouble baseRate) {
    Table table = new Table(page, "Threshold", "#Rows", "#Precision", "#Recall", "#Lift");
    for (ReportNode row : thresholds) {
      OptionalDouble precision = row.number("precision");
      String lift =
          precision.isPresent() && baseRate.orElse(0) > 0
              ? NumberText.fixed(precision.getAsDouble() / baseRate.getAsDouble(), 2) + "×"
              : NumberText.ABSENT;
      table.openRow();
      page.open("th", "scope", "row").text(NumberText.fixed(row.number("threshold"), 4));
      row.text("reason").ifPresent(reason -> page.leaf("small", reason));
      page.close();
      table.number(NumberText.percent(row.number("selected")));
      table.number(NumberText.percent(precision)).number(NumberText.percent(row.number("recall")));
      table.number(lift).closeRow();
    }
    table.close();
  }
}
