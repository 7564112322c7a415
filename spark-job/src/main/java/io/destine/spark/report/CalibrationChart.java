package io.destine.spark.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Mean prediction against share of positives, one point for each reliability bin, as inline SVG. On
 * the diagonal predictions are calibrated. A point's area grows with the bin's share of the rows;
 * bins of fewer than {@value #LEAST_ROWS} rows, whose positive rate is chance, are left out unless
 * there is no other.
 */
final class CalibrationChart {
  static final double LEFT = 48;
  static final double RIGHT = 334;
  static final double TOP = 26;
  static final double BOTTOM = 312;
  static final int LEAST_ROWS = 30;
  private static final double LEAST_RADIUS = 2;
  private static final double MOST_RADIUS = 7;

  private record Bin(double predicted, double positive, double rows, double share) {
    String tip() {
      return "predicted "
          + NumberText.percent(predicted)
          + ", positive "
          + NumberText.percent(positive)
          + ", rows "
          + NumberText.count(rows);
    }
  }

  private final List<Bin> candidate;
  private final List<Bin> published;

  /** The chart of two sets of metrics; either may be absent. */
  CalibrationChart(ReportNode candidate, ReportNode published) {
    this.candidate = bins(candidate);
    this.published = bins(published);
  }

  private static List<Bin> bins(ReportNode metrics) {
    List<ReportNode> table = metrics.list("reliability");
    double all = table.stream().mapToDouble(bin -> bin.number("rows").orElse(0)).sum();
    List<Bin> bins = new ArrayList<>();
    for (ReportNode bin : table) {
      double rows = bin.number("rows").orElse(0);
      if (rows > 0 && bin.has("mean_prediction") && bin.has("positive_rate")) {
        double predicted = bin.number("mean_prediction").orElse(0);
        bins.add(new Bin(predicted, bin.number("positive_rate").orElse(0), rows, rows / all));
      }
    }
    bins.sort(Comparator.comparingDouble(Bin::predicted));
    List<Bin> thick = bins.stream().filter(bin -> bin.rows() >= LEAST_ROWS).toList();
    return thick.isEmpty() ? bins : thick;
  }

  boolean present() {
    return !candidate.isEmpty() || !published.isEmpty();
  }

  /** Writes the chart; nothing without a bin. */
  void write(Markup page) {
    if (!present()) {
      return;
    }
    page.open("figure").open("figcaption").leaf("strong", "Calibration");
    if (!candidate.isEmpty()) {
      LineChart.swatch(page, Series.FIRST, "candidate");
    }
    if (!published.isEmpty()) {
      LineChart.swatch(page, Series.SECOND, "published");
    }
    LineChart.swatch(page, Series.BOUND, "perfect");
    page.close();
    page.open(
        "svg",
        "viewBox",
        "0 0 360 348",
        "role",
        "img",
        "aria-label",
        "Positive rate against mean prediction by bin");
    Axis axis = axis();
    grid(page, axis);
    page.empty("polyline", "class", "line bound", "points", diagonal());
    bins(page, axis, published, Series.SECOND);
    bins(page, axis, candidate, Series.FIRST);
    page.close();
    String note =
        "One point for each bin of at least " + LEAST_ROWS + " rows, larger for more rows.";
    page.leaf("p", note, "class", "note").close();
  }

  /** One axis serves both directions, so that the diagonal is one. */
  private Axis axis() {
    double most = 0;
    for (List<Bin> bins : List.of(candidate, published)) {
      for (Bin bin : bins) {
        most = Math.max(most, Math.max(bin.predicted(), bin.positive()));
      }
    }
    return Axis.around(0, 100 * most, 5);
  }

  private static String diagonal() {
    return LineChart.coordinate(LEFT)
        + ","
        + LineChart.coordinate(BOTTOM)
        + " "
        + LineChart.coordinate(RIGHT)
        + ","
        + LineChart.coordinate(TOP);
  }

  private static void grid(Markup page, Axis axis) {
    page.leaf("text", "positive rate, %", "class", "unit", "x", "2", "y", "11");
    String left = LineChart.coordinate(LEFT);
    String right = LineChart.coordinate(RIGHT);
    for (double tick : axis.ticks()) {
      double y = axis.position(tick, BOTTOM, TOP);
      String at = LineChart.coordinate(y);
      page.empty("line", "class", "grid", "x1", left, "x2", right, "y1", at, "y2", at);
      String base = LineChart.coordinate(y + 4);
      String end = LineChart.coordinate(LEFT - 6);
      page.leaf("text", axis.label(tick), "class", "end", "x", end, "y", base);
      String x = LineChart.coordinate(axis.position(tick, LEFT, RIGHT));
      String below = LineChart.coordinate(BOTTOM + 15);
      page.leaf("text", axis.label(tick), "class", "middle", "x", x, "y", below);
    }
    String foot = LineChart.coordinate(BOTTOM + 32);
    page.leaf("text", "mean prediction, %", "class", "unit end", "x", right, "y", foot);
  }

  private static void bins(Markup page, Axis axis, List<Bin> bins, String style) {
    List<String> corners = new ArrayList<>();
    for (Bin bin : bins) {
      corners.add(LineChart.coordinate(x(axis, bin)) + "," + LineChart.coordinate(y(axis, bin)));
    }
    page.empty("polyline", "class", "line thin " + style, "points", String.join(" ", corners));
    for (Bin bin : bins) {
      double radius = LEAST_RADIUS + (MOST_RADIUS - LEAST_RADIUS) * Math.sqrt(bin.share());
      LineChart.marker(page, style, x(axis, bin), y(axis, bin), radius, bin.tip());
    }
  }

  private static double x(Axis axis, Bin bin) {
    return axis.position(100 * bin.predicted(), LEFT, RIGHT);
  }

  private static double y(Axis axis, Bin bin) {
    return axis.position(100 * bin.positive(), BOTTOM, TOP);
  }
}
