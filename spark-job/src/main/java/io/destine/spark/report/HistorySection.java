package io.destine.spark.report;

import io.destine.spark.report.LineChart.Mark;
import io.destine.spark.report.Series.Point;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import java.util.stream.Stream;

/** How the forecasts and the vocabulary went over the last days. */
final class HistorySection {
  private final List<ReportNode> days;

  HistorySection(ReportNode report) {
    days =
        report.list("history").stream()
            .filter(day -> day.date("date").isPresent())
            .sorted(Comparator.comparing(day -> day.date("date").orElseThrow()))
            .toList();
  }

  void write(Markup page) {
    if (Stream.of("forecast_log_loss", "forecast_auc", "rows", "vocabulary").noneMatch(this::has)) {
      page.openSection("Last days", null);
      page.leaf("p", "A chart over days needs at least two runs.").close();
      return;
    }
    page.openSection(
        "Last days",
        "Forecasts by date of the data: each day scored by the model that had not yet seen it.");
    page.open("div", "class", "charts");
    chart("Forecast log loss", "nats", "forecast_log_loss", v -> NumberText.fixed(v, 4), 1)
        .write(page);
    chart("Forecast AUC", "AUC", "forecast_auc", v -> NumberText.fixed(v, 4), 1).write(page);
    chart("Rows", "thousand rows", "rows", NumberText::count, 1e-3).write(page);
    chart("Vocabulary", "thousand ids", "vocabulary", NumberText::count, 1e-3).write(page);
    page.close().close();
  }

  /**
   * The chart of one key of the history.
   *
   * @param scale what a value is multiplied with before it is drawn
   */
  LineChart chart(
      String title, String unit, String key, DoubleFunction<String> text, double scale) {
    return chart(title, unit, key, text, scale, List.of());
  }

  /** The chart of one key with horizontal bounds. */
  LineChart chart(
      String title,
      String unit,
      String key,
      DoubleFunction<String> text,
      double scale,
      List<OptionalDouble> bounds) {
    TreeMap<Double, String> labels = new TreeMap<>();
    List<Point> points = new ArrayList<>();
    List<Mark> marks = new ArrayList<>();
    for (ReportNode day : days) {
      LocalDate date = day.date("date").orElseThrow();
      double x = date.toEpochDay();
      labels.put(x, NumberText.day(date));
      OptionalDouble value = day.number(key);
      value.ifPresent(v -> points.add(new Point(x, v * scale, date + ": " + text.apply(v))));
      String result = day.text("result").orElse("").toLowerCase(Locale.ROOT);
      if (result.equals("refused") || result.equals("failed")) {
        OptionalDouble y =
            value.isPresent()
                ? OptionalDouble.of(value.getAsDouble() * scale)
                : OptionalDouble.empty();
        marks.add(new Mark(x, y, date + ": " + result));
      }
    }
    List<Series> series = new ArrayList<>();
    series.add(new Series(title.toLowerCase(Locale.ROOT), Series.FIRST, points));
    if (!points.isEmpty()) {
      for (OptionalDouble bound : bounds) {
        bound.ifPresent(v -> series.add(level(labels.firstKey(), labels.lastKey(), v * scale)));
      }
    }
    return new LineChart(title, unit, labels, series, marks, "refused or failed");
  }

  /** True when there are several days and one of them has a value. */
  boolean has(String key) {
    return days.size() > 1 && days.stream().anyMatch(day -> day.number(key).isPresent());
  }

  private static Series level(double from, double to, double y) {
    return new Series("bound", Series.BOUND, List.of(new Point(from, y, ""), new Point(to, y, "")));
  }
}
