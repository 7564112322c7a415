package io.destine.spark.report;

import io.destine.spark.report.Series.Point;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Lines over an axis of dates or epochs as inline SVG, with a legend that differs by dash and shape
 * and not by colour alone.
 *
 * @param title heading of the chart
 * @param unit what the vertical axis counts
 * @param labels label of each place on the horizontal axis that may have one
 * @param series the lines
 * @param marks places crossed out, at a height, or below the axis where y is absent
 * @param markName what a cross means
 */
record LineChart(
    String title,
    String unit,
    TreeMap<Double, String> labels,
    List<Series> series,
    List<Mark> marks,
    String markName) {
  static final double LEFT = 48;
  static final double RIGHT = 334;
  static final double TOP = 26;
  static final double BOTTOM = 176;
  private static final double BELOW = BOTTOM + 11;
  private static final double LABELS = BOTTOM + 29;
  private static final double GRID_END = RIGHT + 12;
  private static final double LETTER = 6.5;
  private static final int MOST_MARKERS = 40;

  /** A cross; without a height it stands below the axis, where no value can be read into it. */
  record Mark(double x, OptionalDouble y, String tip) {}

  LineChart {
    series = series.stream().filter(s -> !s.points().isEmpty()).toList();
    marks = List.copyOf(marks);
  }

  /** Writes the chart; nothing when no series has a point. */
  void write(Markup page) {
    if (series.isEmpty()) {
      return;
    }
    Axis axis = valueAxis();
    page.open("figure").open("figcaption").leaf("strong", title);
    legend(page);
    page.close();
    page.open("svg", "viewBox", "0 0 360 210", "role", "img", "aria-label", title + ", " + unit);
    grid(page, axis);
    for (Series line : series) {
      line(page, axis, line);
    }
    for (Mark mark : marks) {
      double y = mark.y().isPresent() ? y(axis, mark.y().getAsDouble()) : BELOW;
      cross(page, x(mark.x()), y, mark.tip());
    }
    page.close().close();
  }

  private Axis valueAxis() {
    double[] values =
        series.stream().flatMap(s -> s.points().stream()).mapToDouble(Point::y).sorted().toArray();
    return Axis.around(values[0], values[values.length - 1], 4);
  }

  private double x(double value) {
    double low = labels.firstKey();
    double high = labels.lastKey();
    return high == low ? (LEFT + RIGHT) / 2 : LEFT + (value - low) / (high - low) * (RIGHT - LEFT);
  }

  private static double y(Axis axis, double value) {
    return axis.position(value, BOTTOM, TOP);
  }

  private void grid(Markup page, Axis axis) {
    page.leaf("text", unit, "class", "unit", "x", "2", "y", "11");
    for (double tick : axis.ticks()) {
      String y = coordinate(y(axis, tick));
      String left = coordinate(LEFT);
      page.empty("line", "class", "grid", "x1", left, "x2", coordinate(GRID_END), "y1", y, "y2", y);
      String base = coordinate(y(axis, tick) + 4);
      String end = coordinate(LEFT - 6);
      page.leaf("text", axis.label(tick), "class", "end", "x", end, "y", base);
    }
    double free = Double.POSITIVE_INFINITY;
    for (Map.Entry<Double, String> label : labels.descendingMap().entrySet()) {
      double middle = x(label.getKey());
      double half = label.getValue().length() * LETTER / 2;
      if (middle + half <= free) {
        String text = label.getValue();
        page.leaf(
            "text", text, "class", "middle", "x", coordinate(middle), "y", coordinate(LABELS));
        free = middle - half - LETTER;
      }
    }
  }

  private void line(Markup page, Axis axis, Series line) {
    List<String> corners = new ArrayList<>();
    for (Point point : line.points()) {
      corners.add(coordinate(x(point.x())) + "," + coordinate(y(axis, point.y())));
    }
    page.empty("polyline", "class", "line " + line.style(), "points", String.join(" ", corners));
    if (line.points().size() > MOST_MARKERS || line.style().equals(Series.BOUND)) {
      return;
    }
    for (Point point : line.points()) {
      marker(page, line.style(), x(point.x()), y(axis, point.y()), 3, point.tip());
    }
  }

  /** A disc for the first series, a square for the second. */
  static void marker(Markup page, String style, double x, double y, double radius, String tip) {
    if (style.equals(Series.FIRST)) {
      String[] disc = {
        "class", "dot first", "cx", coordinate(x), "cy", coordinate(y), "r", coordinate(radius)
      };
      page.open("circle", disc);
    } else {
      String side = coordinate(2 * radius);
      String left = coordinate(x - radius);
      String top = coordinate(y - radius);
      page.open("rect", "class", "dot second", "x", left, "y", top, "width", side, "height", side);
    }
    page.leaf("title", tip).close();
  }

  private static void cross(Markup page, double x, double y, String tip) {
    String at = "translate(" + coordinate(x) + " " + coordinate(y) + ")";
    page.open("path", "class", "cross", "d", "M-5,-5L5,5M-5,5L5,-5", "transform", at);
    page.leaf("title", tip).close();
  }

  private void legend(Markup page) {
    Map<String, String> styles = new LinkedHashMap<>();
    series.forEach(line -> styles.put(line.name(), line.style()));
    if (styles.size() > 1) {
      styles.forEach((name, style) -> swatch(page, style, name));
    }
    if (!marks.isEmpty()) {
      page.open("span", "class", "key");
      page.open(
          "svg", "viewBox", "0 0 14 14", "width", "14", "height", "14", "aria-hidden", "true");
      page.empty("path", "class", "cross", "d", "M3,3L11,11M3,11L11,3").close();
      page.text(markName).close();
    }
  }

  /** An entry of a legend for a line without markers. */
  static void lineSwatch(Markup page, String style, String name) {
    page.open("span", "class", "key");
    page.open("svg", "viewBox", "0 0 28 14", "width", "28", "height", "14", "aria-hidden", "true");
    page.empty("polyline", "class", "line " + style, "points", "0,7 28,7").close();
    page.text(name).close();
  }

  /** An entry of a legend. */
  static void swatch(Markup page, String style, String name) {
    page.open("span", "class", "key");
    page.open("svg", "viewBox", "0 0 28 14", "width", "28", "height", "14", "aria-hidden", "true");
    page.empty("polyline", "class", "line " + style, "points", "0,7 28,7");
    if (style.equals(Series.FIRST)) {
      page.empty("circle", "class", "dot first", "cx", "14", "cy", "7", "r", "3");
    } else if (style.equals(Series.SECOND)) {
      page.empty("rect", "class", "dot second", "x", "11", "y", "4", "width", "6", "height", "6");
    }
    page.close().text(name).close();
  }

  /** A coordinate of SVG, to a hundredth. */
  static String coordinate(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
