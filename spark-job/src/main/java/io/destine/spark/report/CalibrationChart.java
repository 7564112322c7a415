package io.destine.spark.report;

import io.destine.spark.report.Series.Point;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Mean prediction against share of positives, one point for each reliability bin. Predictions on
 * the diagonal are calibrated. A point's area grows with the bin's share of the rows. Bins with
 * fewer than {@value #LEAST_ROWS} rows, whose positive rate is mostly noise, are left out unless
 * there are no others.
 */
final class CalibrationChart {
  static final int LEAST_ROWS = 30;
  private static final double LEAST_RADIUS = 2;
  private static final double MOST_RADIUS = 7;

  private final List<Series> series = new ArrayList<>();

  /** The chart of two sets of metrics with their names; either may be absent. */
  CalibrationChart(String firstName, ReportNode first, String secondName, ReportNode second) {
    add(firstName, Series.FIRST, first);
    add(secondName, Series.SECOND, second);
  }

  private void add(String name, String style, ReportNode metrics) {
    List<ReportNode> bins =
        metrics.list("reliability").stream()
            .filter(bin -> bin.number("rows").orElse(0) > 0)
            .toList();
    double all = bins.stream().mapToDouble(bin -> bin.number("rows").getAsDouble()).sum();
    List<ReportNode> known =
        bins.stream().filter(b -> b.has("mean_prediction") && b.has("positive_rate")).toList();
    List<ReportNode> thick =
        known.stream().filter(b -> b.number("rows").getAsDouble() >= LEAST_ROWS).toList();
    List<Point> points =
        (thick.isEmpty() ? known : thick)
            .stream()
                .map(bin -> point(bin, all))
                .sorted(Comparator.comparingDouble(Point::x))
                .toList();
    if (!points.isEmpty()) {
      series.add(new Series(name, "thin " + style, points));
    }
  }

  private static Point point(ReportNode bin, double all) {
    double predicted = bin.number("mean_prediction").orElse(0);
    double positive = bin.number("positive_rate").orElse(0);
    double rows = bin.number("rows").getAsDouble();
    String tip =
        "predicted "
            + NumberText.percent(predicted)
            + ", positive "
            + NumberText.percent(positive)
            + ", rows "
            + NumberText.count(rows);
    double radius = LEAST_RADIUS + (MOST_RADIUS - LEAST_RADIUS) * Math.sqrt(rows / all);
    return new Point(100 * predicted, 100 * positive, tip, radius);
  }

  boolean present() {
    return !series.isEmpty();
  }

  /** Writes the chart, if there is a bin. */
  void write(Markup page) {
    if (!present()) {
      return;
    }
    // Both directions use the same axis, so that the diagonal is exact.
    double most =
        series.stream()
            .flatMap(line -> line.points().stream())
            .mapToDouble(point -> Math.max(point.x(), point.y()))
            .max()
            .getAsDouble();
    Axis axis = Axis.around(0, most, 5);
    List<Series> lines = new ArrayList<>(series);
    lines.add(Series.bound("perfect", 0, 0, axis.end(), axis.end()));
    Chart.ofScales("Calibration", axis, "mean prediction, %", axis, "positive rate, %", lines)
        .write(
            page,
            "One point for each bin, larger for more rows; bins of fewer than "
                + LEAST_ROWS
                + " rows are shown only if there are no others.");
  }
}
