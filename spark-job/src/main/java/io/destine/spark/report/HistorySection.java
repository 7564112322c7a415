package io.destine.spark.report;

import io.destine.spark.report.Chart.Mark;
import io.destine.spark.report.Series.Point;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import java.util.function.Function;

/** The history of forecasts and vocabulary over the last days. */
final class HistorySection {
  private final List<RunReport.Day> days;

  HistorySection(RunReport report) {
    days =
        report.drift().history().stream()
            .filter(day -> day.date() != null)
            .sorted(Comparator.comparing(RunReport.Day::date))
            .toList();
  }

  void write(Markup page) {
    List<Function<RunReport.Day, Number>> figures =
        List.of(
            RunReport.Day::forecastLogLoss,
            RunReport.Day::forecastAuc,
            RunReport.Day::rows,
            RunReport.Day::vocabulary);
    if (figures.stream().noneMatch(this::has)) {
      page.openSection("Last days", null);
      page.leaf("p", "A chart needs runs of at least two days, one of them with figures.").close();
      return;
    }
    page.openSection(
        "Last days",
        "Forecasts by date of the data: each day scored by the live model before any training on"
            + " that day.");
    page.open("div", "class", "charts");
    chart(
            "Forecast log loss",
            "nats",
            RunReport.Day::forecastLogLoss,
            v -> NumberText.fixed(v, 4),
            1)
        .write(page);
    chart("Forecast AUC", "AUC", RunReport.Day::forecastAuc, v -> NumberText.fixed(v, 4), 1)
        .write(page);
    chart("Rows", "thousand rows", RunReport.Day::rows, NumberText::count, 1e-3).write(page);
    chart("Vocabulary", "thousand ids", RunReport.Day::vocabulary, NumberText::count, 1e-3)
        .write(page);
    page.close().close();
  }

  /**
   * The chart of one figure of the history.
   *
   * @param scale multiplier of values before they are drawn
   */
  Chart chart(
      String title,
      String unit,
      Function<RunReport.Day, Number> figure,
      DoubleFunction<String> text,
      double scale) {
    return chart(title, unit, figure, text, scale, List.of());
  }

  /** The chart of one figure with horizontal bounds. */
  Chart chart(
      String title,
      String unit,
      Function<RunReport.Day, Number> figure,
      DoubleFunction<String> text,
      double scale,
      List<OptionalDouble> bounds) {
    TreeMap<Double, String> labels = new TreeMap<>();
    List<Point> points = new ArrayList<>();
    List<Mark> marks = new ArrayList<>();
    for (RunReport.Day day : days) {
      LocalDate date = day.date();
      double x = date.toEpochDay();
      labels.put(x, NumberText.day(date));
      OptionalDouble value = NumberText.finite(figure.apply(day));
      value.ifPresent(v -> points.add(new Point(x, v * scale, date + ": " + text.apply(v))));
      RunResult result = day.result();
      if (result == RunResult.REFUSED || result == RunResult.FAILED) {
        OptionalDouble y =
            value.isPresent()
                ? OptionalDouble.of(value.getAsDouble() * scale)
                : OptionalDouble.empty();
        marks.add(new Mark(x, y, date + ": " + result.key()));
      }
    }
    List<Series> series = new ArrayList<>();
    series.add(new Series(title.toLowerCase(Locale.ROOT), Series.FIRST, points));
    if (!points.isEmpty()) {
      for (OptionalDouble bound : bounds) {
        bound.ifPresent(
            v ->
                series.add(
                    Series.bound(
                        "bound", labels.firstKey(), v * scale, labels.lastKey(), v * scale)));
      }
    }
    return Chart.over(labels, title, unit, series, marks, "refused or failed");
  }

  /** True if there are several days and one of them has a value. */
  boolean has(Function<RunReport.Day, Number> figure) {
    return days.size() > 1
        && days.stream().anyMatch(day -> NumberText.finite(figure.apply(day)).isPresent());
  }
}
