package io.destine.spark.report;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The figures of the validation and the test rows side by side, with their intervals. */
final class SplitTable {
  private static final List<String> SPLITS = List.of("validation", "test");

  private SplitTable() {}

  static void write(Markup page, ReportNode report) {
    ReportNode splits = report.at("splits");
    List<String> present = SPLITS.stream().filter(s -> splits.at(s).present()).toList();
    if (present.isEmpty()) {
      return;
    }
    page.openSection("Metrics", note(report));
    ReportNode test = splits.at("test");
    ReportNode validation = splits.at("validation");
    CalibrationChart chart = new CalibrationChart("test", test, "validation", validation);
    page.open("div", "class", chart.present() ? "wide-pair" : "single");
    page.open("div");
    String[] columns = new String[present.size() + 1];
    columns[0] = "Metric";
    for (int i = 0; i < present.size(); i++) {
      columns[i + 1] = "#" + NumberText.capital(present.get(i));
    }
    Table table = new Table(page, columns);
    for (Figure figure : Figure.ALL) {
      if (present.stream().anyMatch(s -> splits.at(s).number(figure.key()).isPresent())) {
        table.openRow();
        figure.name(page);
        for (String split : present) {
          value(page, splits.at(split), figure.key());
        }
        table.closeRow();
      }
    }
    table.openRow().name("Rows");
    present.forEach(s -> table.number(NumberText.count(splits.at(s).number("rows"))));
    table.closeRow().close();
    String method =
        "Ranges are 95% intervals: of AUC by DeLong's method, of log loss by the standard error of"
            + " a mean. They cover the variation between samples of rows, not between training"
            + " runs.";
    page.leaf("p", method, "class", "note").close();
    chart.write(page);
    page.close().close();
  }

  private static String note(ReportNode report) {
    OptionalDouble best = report.number("best_epoch");
    String which = best.isPresent() ? "Epoch " + NumberText.count(best) : "The best epoch";
    return which
        + (report.text("metric").map(m -> ", the best by validation " + words(m)).orElse(""))
        + ". The test rows took no part in training or in that choice.";
  }

  private static String words(String metric) {
    return metric.equals("auc") ? "AUC" : metric.replace('_', ' ');
  }

  private static void value(Markup page, ReportNode metrics, String key) {
    page.open("td", "class", "number").text(NumberText.fixed(metrics.number(key), 4));
    interval(metrics, key).ifPresent(text -> page.leaf("small", text));
    page.close();
  }

  /** The ends of a metric's interval, if it has one. */
  static Optional<String> interval(ReportNode metrics, String key) {
    ReportNode interval = metrics.at("intervals").at(key);
    OptionalDouble low = interval.number("low");
    OptionalDouble high = interval.number("high");
    return low.isPresent() && high.isPresent()
        ? Optional.of(
            NumberText.fixed(low.getAsDouble(), 4)
                + " to "
                + NumberText.fixed(high.getAsDouble(), 4))
        : Optional.empty();
  }
}
