package io.destine.spark.report;

import io.destine.spark.report.Series.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** ROC and precision-recall curves, and the selections of a few thresholds. */
final class ThresholdSection {
  private static final Axis WHOLE = Axis.around(0, 100, 5);

  private ThresholdSection() {}

  static void write(Markup page, ReportNode report) {
    ReportNode splits = report.at("splits");
    ReportNode test = splits.at("test");
    ReportNode validation = splits.at("validation");
    List<ReportNode> thresholds = test.list("thresholds");
    List<Series> roc = curves(test, validation, "false_positive_rate", "recall");
    if (roc.isEmpty() && thresholds.isEmpty()) {
      return;
    }
    page.openSection(
        "Thresholds",
        "Results of acting on every row with a probability of at least the threshold.");
    page.open("div", "class", "charts");
    if (!roc.isEmpty()) {
      roc.add(Series.bound("guessing", 0, 0, 100, 100));
      Chart.ofScales(
              "ROC curve",
              WHOLE,
              "false positive rate, %",
              WHOLE,
              "true positive rate (recall), %",
              roc)
          .write(page);
      precisionRecall(page, test, validation);
    }
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

  private static void precisionRecall(Markup page, ReportNode test, ReportNode validation) {
    List<Series> lines = curves(test, validation, "recall", "precision");
    double most =
        lines.stream()
            .flatMap(line -> line.points().stream())
            .mapToDouble(Point::y)
            .max()
            .getAsDouble();
    ReportNode shown = isCurve(test) ? test : validation;
    double base = 100 * shown.number("base_rate").orElse(0);
    lines.add(Series.bound("guessing", 0, base, 100, base));
    Axis up = Axis.around(0, Math.max(0.1, most), 5);
    Chart.ofScales("Precision and recall", WHOLE, "recall, %", up, "precision, %", lines)
        .write(page);
  }

  private static boolean isCurve(ReportNode metrics) {
    return metrics.list("curve").size() > 1;
  }

  /** A figure of each threshold against another one; either split may be absent. */
  private static List<Series> curves(
      ReportNode test, ReportNode validation, String across, String up) {
    List<Series> lines = new ArrayList<>();
    if (isCurve(test)) {
      lines.add(new Series("test", Series.FIRST, points(test, across, up)));
    }
    if (isCurve(validation)) {
      lines.add(new Series("validation", Series.SECOND, points(validation, across, up)));
    }
    return lines;
  }

  private static List<Point> points(ReportNode metrics, String across, String up) {
    List<Point> points = new ArrayList<>();
    if (across.equals("false_positive_rate")) {
      points.add(Point.of(0, 0));
    }
    for (ReportNode at : metrics.list("curve")) {
      points.add(Point.of(100 * at.number(across).orElse(0), 100 * at.number(up).orElse(0)));
    }
    return points;
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
