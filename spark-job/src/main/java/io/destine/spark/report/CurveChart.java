package io.destine.spark.report;

import java.util.ArrayList;
import java.util.List;

/** ROC and precision-recall curves of one or two splits over their thresholds, as inline SVG. */
final class CurveChart {
  private static final Axis WHOLE = Axis.around(0, 100, 5);

  private record Curve(String name, String style, ReportNode metrics) {}

  private final List<Curve> curves = new ArrayList<>();

  /** Curves of the test rows, and of the validation rows; either may be absent. */
  CurveChart(ReportNode test, ReportNode validation) {
    add("test", Series.FIRST, test);
    add("validation", Series.SECOND, validation);
  }

  private void add(String name, String style, ReportNode metrics) {
    if (metrics.list("curve").size() > 1) {
      curves.add(new Curve(name, style, metrics));
    }
  }

  boolean present() {
    return !curves.isEmpty();
  }

  /** True positive rate against false positive rate. */
  void roc(Markup page) {
    if (!present()) {
      return;
    }
    SquarePlot plot =
        new SquarePlot(WHOLE, WHOLE, "false positive rate, %", "true positive rate (recall), %");
    head(page, "ROC curve", "guessing");
    plot.open(page, "True positive rate against false positive rate by threshold");
    String diagonal = plot.corner(0, 0) + " " + plot.corner(1, 1);
    page.empty("polyline", "class", "line bound", "points", diagonal);
    for (Curve curve : curves) {
      List<String> corners = new ArrayList<>(List.of(plot.corner(0, 0)));
      for (ReportNode point : curve.metrics().list("curve")) {
        corners.add(
            plot.corner(
                point.number("false_positive_rate").orElse(0), point.number("recall").orElse(0)));
      }
      line(page, curve, corners);
    }
    page.close().close();
  }

  /** Precision against recall. */
  void precisionRecall(Markup page) {
    if (!present()) {
      return;
    }
    double most = 0;
    for (Curve curve : curves) {
      for (ReportNode point : curve.metrics().list("curve")) {
        most = Math.max(most, point.number("precision").orElse(0));
      }
    }
    SquarePlot plot =
        new SquarePlot(
            WHOLE, Axis.around(0, Math.max(1e-3, 100 * most), 5), "recall, %", "precision, %");
    head(page, "Precision and recall", "guessing");
    plot.open(page, "Precision against recall by threshold");
    double base = curves.get(0).metrics().number("base_rate").orElse(0);
    String level = plot.corner(0, base) + " " + plot.corner(1, base);
    page.empty("polyline", "class", "line bound", "points", level);
    for (Curve curve : curves) {
      List<String> corners = new ArrayList<>();
      for (ReportNode point : curve.metrics().list("curve")) {
        corners.add(
            plot.corner(point.number("recall").orElse(0), point.number("precision").orElse(0)));
      }
      line(page, curve, corners);
    }
    page.close().close();
  }

  private void head(Markup page, String title, String bound) {
    page.open("figure").open("figcaption").leaf("strong", title);
    for (Curve curve : curves) {
      LineChart.lineSwatch(page, curve.style(), curve.name());
    }
    LineChart.lineSwatch(page, Series.BOUND, bound);
    page.close();
  }

  private static void line(Markup page, Curve curve, List<String> corners) {
    String points = String.join(" ", corners);
    page.empty("polyline", "class", "line " + curve.style(), "points", points);
  }
}
