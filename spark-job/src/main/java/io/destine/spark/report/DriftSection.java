package io.destine.spark.report;

import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Differences between the new day and previous days: its label rate, and unseen values by field.
 */
final class DriftSection {
  private static final double LEAST_SCALE = 1e-3;

  private DriftSection() {}

  static void write(Markup page, RunReport report) {
    HistorySection history = new HistorySection(report);
    List<RunReport.OovRate> fields =
        report.drift().oov().stream()
            .filter(f -> f.field() != null && NumberText.finite(f.rate()).isPresent())
            .sorted(Comparator.comparingDouble(DriftSection::rise).reversed())
            .toList();
    if (!history.has(RunReport.Day::labelRate) && fields.isEmpty()) {
      return;
    }
    page.openSection("Drift", null);
    page.open("div", "class", "pair");
    if (history.has(RunReport.Day::labelRate)) {
      List<OptionalDouble> bounds =
          List.of(
              NumberText.finite(report.counts().labelRateLow()),
              NumberText.finite(report.counts().labelRateHigh()));
      history
          .chart("Label rate", "%", RunReport.Day::labelRate, NumberText::percent, 100, bounds)
          .write(page);
    }
    if (!fields.isEmpty()) {
      page.open("div").leaf("h3", "Values without an id of their own (OOV), by field");
      fields(page, fields);
      page.close();
    }
    page.close().close();
  }

  private static double rise(RunReport.OovRate field) {
    return field.rate() - NumberText.finite(field.recent()).orElse(0);
  }

  private static void fields(Markup page, List<RunReport.OovRate> fields) {
    double scale = LEAST_SCALE;
    for (RunReport.OovRate field : fields) {
      double recent = NumberText.finite(field.recent()).orElse(0);
      scale = Math.max(scale, Math.max(field.rate(), recent));
    }
    page.leaf("p", "Bar: the new day. Tick: mean of the recent days.", "class", "note");
    Table table = new Table(page, "Field", "#New day", "#Recent", "");
    for (RunReport.OovRate field : fields) {
      OptionalDouble recent = NumberText.finite(field.recent());
      double rate = field.rate();
      table.openRow().name(field.field());
      table.number(NumberText.percent(rate)).number(NumberText.percent(recent));
      double tick = recent.isPresent() ? recent.getAsDouble() / scale : -1;
      table.bar(rate / scale, tick).closeRow();
    }
    table.close();
  }
}
