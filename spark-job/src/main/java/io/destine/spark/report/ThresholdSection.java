package io.destine.spark.report;

import java.util.List;
import java.util.OptionalDouble;

/** ROC and precision-recall curves, and the selections of a few thresholds. */
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
        "Results of acting on every row with a probability of at least the threshold.");
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
