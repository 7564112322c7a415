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

  private final String firstName;
  private final List<Bin> first;
  private final String secondName;
  private final List<Bin> second;

  /** The chart of a candidate and the published model; either may be absent. */
  CalibrationChart(ReportNode candidate, ReportNode published) {
    this("candidate", candidate, "published", published);
  }

  /** The chart of two sets of metrics with their names; either may be absent. */
  CalibrationChart(String firstName, ReportNode first, String secondName, ReportNode second) {
    this.firstName = firstName;
    this.first = bins(first);
    this.secondName = secondName;
    this.second = bins(second);
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
    return !first.isEmpty() || !second.isEmpty();
  }

  /** Writes the chart; nothing without a bin. */
  void write(Markup page) {
    if (!present()) {
      return;
    }
    page.open("figure").open("figcaption").leaf("strong", "Calibration");
    if (!first.isEmpty()) {
      LineChart.swatch(page, Series.FIRST, firstName);
    }
    if (!second.isEmpty()) {
      LineChart.swatch(page, Series.SECOND, secondName);
    }
    LineChart.swatch(page, Series.BOUND, "perfect");
    page.close();
    Axis axis = axis();
    SquarePlot plot = new SquarePlot(axis, axis, "mean prediction, %", "positive rate, %");
    plot.open(page, "Positive rate against mean prediction by bin");
    double end = axis.end() / 100;
    String diagonal = plot.corner(0, 0) + " " + plot.corner(end, end);
    page.empty("polyline", "class", "line bound", "points", diagonal);
    bins(page, plot, second, Series.SECOND);
    bins(page, plot, first, Series.FIRST);
    page.close();
    String note =
        "One point for each bin of at least " + LEAST_ROWS + " rows, larger for more rows.";
    page.leaf("p", note, "class", "note").close();
  }

  /** One axis serves both directions, so that the diagonal is one. */
  private Axis axis() {
    double most = 0;
    for (List<Bin> bins : List.of(first, second)) {
      for (Bin bin : bins) {
        most = Math.max(most, Math.max(bin.predicted(), bin.positive()));
      }
    }
    return Axis.around(0, 100 * most, 5);
  }

  private static void bins(Markup page, SquarePlot plot, List<Bin> bins, String style) {
    List<String> corners = new ArrayList<>();
    for (Bin bin : bins) {
      corners.add(plot.corner(bin.predicted(), bin.positive()));
    }
    page.empty("polyline", "class", "line thin " + style, "points", String.join(" ", corners));
    for (Bin bin : bins) {
      double radius = LEAST_RADIUS + (MOST_RADIUS - LEAST_RADIUS) * Math.sqrt(bin.share());
      LineChart.marker(
          page, style, plot.x(bin.predicted()), plot.y(bin.positive()), radius, bin.tip());
    }
  }
}
