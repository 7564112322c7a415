package io.destine.spark.report;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/** How the new day differs from those before: its label rate, and values never seen by field. */
final class DriftSection {
  private static final double LEAST_SCALE = 1e-3;

  private DriftSection() {}

  static void write(Markup page, ReportNode report) {
    HistorySection history = new HistorySection(report);
    List<ReportNode> fields =
        report.list("oov").stream()
            .filter(f -> f.text("field").isPresent() && f.number("rate").isPresent())
            .sorted(Comparator.comparingDouble(DriftSection::rise).reversed())
            .toList();
    if (!history.has("label_rate") && fields.isEmpty()) {
      return;
    }
    page.openSection("Drift", null);
    page.open("div", "class", "pair");
    if (history.has("label_rate")) {
      ReportNode input = report.at("input");
      List<OptionalDouble> bounds =
          List.of(input.number("label_rate_low"), input.number("label_rate_high"));
      history.chart("Label rate", "%", "label_rate", NumberText::percent, 100, bounds).write(page);
    }
    if (!fields.isEmpty()) {
      page.open("div").leaf("h3", "Values never seen in training (OOV), by field");
      fields(page, fields);
      page.close();
    }
    page.close().close();
  }

  private static double rise(ReportNode field) {
    return field.number("rate").orElse(0) - field.number("recent").orElse(0);
  }

  private static void fields(Markup page, List<ReportNode> fields) {
    double scale = LEAST_SCALE;
    for (ReportNode field : fields) {
      double rate = field.number("rate").orElse(0);
      scale = Math.max(scale, Math.max(rate, field.number("recent").orElse(0)));
    }
    page.leaf("p", "Bar: the new day. Tick: mean of the recent days.", "class", "note");
    Table table = new Table(page, "Field", "#New day", "#Recent", "");
    for (ReportNode field : fields) {
      OptionalDouble recent = field.number("recent");
      double rate = field.number("rate").orElse(0);
      table.openRow().name(field.required("field"));
      table.number(NumberText.percent(rate)).number(NumberText.percent(recent));
      double tick = recent.isPresent() ? recent.getAsDouble() / scale : -1;
      table.bar(rate / scale, tick).closeRow();
    }
    table.close();
  }
}
