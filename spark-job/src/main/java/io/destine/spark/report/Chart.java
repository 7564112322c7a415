package io.destine.spark.report;

import io.destine.spark.report.Series.Point;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * A line chart as inline SVG, whose series differ by dash and shape, not only by colour. The first
 * series is on top, bounds are below all others.
 *
 * @param title heading of the chart
 * @param unit unit of the vertical axis
 * @param across the horizontal axis
 * @param up the vertical axis
 * @param series the lines
 * @param marks crosses
 * @param markName meaning of a cross
 */
record Chart(
    String title,
    String unit,
    Across across,
    Axis up,
    List<Series> series,
    List<Mark> marks,
    String markName) {
  private static final double LEFT = 48;
  private static final double RIGHT = 334;
  private static final double TOP = 26;
  private static final double LETTER = 6.5;
  private static final int MOST_MARKERS = 40;

  /** A cross; without a y it is drawn below the axis, so that it is not read as a value. */
  record Mark(double x, OptionalDouble y, String tip) {}

  /**
   * A horizontal axis.
   *
   * @param labels of positions, such as dates or epochs; null for a scale
   * @param scale null for labelled positions
   * @param title of a scale
   */
  private record Across(TreeMap<Double, String> labels, Axis scale, String title) {
    /** Vertical position of the axis in the picture; with a scale the chart is square. */
    double bottom() {
      return scale == null ? 176 : 312;
    }

    /** Height of the picture. */
    double height() {
      return bottom() + (scale == null ? 34 : 36);
    }

    double x(double value) {
      if (scale != null) {
        return scale.position(value, LEFT, RIGHT);
      }
      double low = labels.firstKey();
      double high = labels.lastKey();
      return high == low
          ? (LEFT + RIGHT) / 2
          : LEFT + (value - low) / (high - low) * (RIGHT - LEFT);
    }

    void write(Markup page) {
      if (scale != null) {
        for (double tick : scale.ticks()) {
          label(page, scale.label(tick), x(tick), bottom() + 15);
        }
        String foot = coordinate(bottom() + 32);
        page.leaf("text", title, "class", "unit end", "x", coordinate(RIGHT), "y", foot);
        return;
      }
      double free = Double.POSITIVE_INFINITY;
      for (Map.Entry<Double, String> label : labels.descendingMap().entrySet()) {
        double middle = x(label.getKey());
        double half = label.getValue().length() * LETTER / 2;
        if (middle + half <= free) {
          label(page, label.getValue(), middle, bottom() + 29);
          free = middle - half - LETTER;
        }
      }
    }

    private static void label(Markup page, String text, double x, double y) {
      page.leaf("text", text, "class", "middle", "x", coordinate(x), "y", coordinate(y));
    }
  }

  Chart {
    series = series.stream().filter(s -> !s.points().isEmpty()).toList();
    marks = List.copyOf(marks);
  }

  /** A chart over labelled positions, such as dates or epochs. */
  static Chart over(
      TreeMap<Double, String> labels,
      String title,
      String unit,
      List<Series> series,
      List<Mark> marks,
      String markName) {
    double[] values =
        series.stream().flatMap(s -> s.points().stream()).mapToDouble(Point::y).sorted().toArray();
    Axis up = values.length == 0 ? null : Axis.around(values[0], values[values.length - 1], 4);
    return new Chart(title, unit, new Across(labels, null, null), up, series, marks, markName);
  }

  /** A chart of one figure against another one. */
  static Chart ofScales(
      String title, Axis across, String acrossTitle, Axis up, String upTitle, List<Series> series) {
    Across scale = new Across(null, across, acrossTitle);
    return new Chart(title, upTitle, scale, up, series, List.of(), "");
  }

  /** Writes the chart, if a series has a point. */
  void write(Markup page) {
    write(page, null);
  }

  /** Writes the chart with a note below it, if not null. */
  void write(Markup page, String note) {
    if (series.isEmpty()) {
      return;
    }
    page.open("figure").open("figcaption").leaf("strong", title);
    legend(page);
    page.close();
    String box = "0 0 360 " + (int) across.height();
    page.open("svg", "viewBox", box, "role", "img", "aria-label", title + ", " + unit);
    grid(page);
    List<Series> upwards = new ArrayList<>(series);
    Collections.reverse(upwards);
    upwards.stream().filter(Series::isBound).forEach(bound -> line(page, bound));
    upwards.stream().filter(s -> !s.isBound()).forEach(line -> line(page, line));
    for (Mark mark : marks) {
      double y = mark.y().isPresent() ? y(mark.y().getAsDouble()) : across.bottom() + 11;
      cross(page, across.x(mark.x()), y, mark.tip());
    }
    page.close();
    if (note != null) {
      page.leaf("p", note, "class", "note");
    }
    page.close();
  }

  private double y(double value) {
    return up.position(value, across.bottom(), TOP);
  }

  private void grid(Markup page) {
    page.leaf("text", unit, "class", "unit", "x", "2", "y", "11");
    String left = coordinate(LEFT);
    String right = coordinate(RIGHT + (across.scale() == null ? 12 : 0));
    for (double tick : up.ticks()) {
      String y = coordinate(y(tick));
      page.empty("line", "class", "grid", "x1", left, "x2", right, "y1", y, "y2", y);
      String base = coordinate(y(tick) + 4);
      page.leaf("text", up.label(tick), "class", "end", "x", coordinate(LEFT - 6), "y", base);
    }
    across.write(page);
  }

  private void line(Markup page, Series line) {
    List<String> corners = new ArrayList<>();
    for (Point point : line.points()) {
      corners.add(coordinate(across.x(point.x())) + "," + coordinate(y(point.y())));
    }
    page.empty("polyline", "class", "line " + line.style(), "points", String.join(" ", corners));
    if (line.points().size() <= MOST_MARKERS) {
      line.points().stream().filter(Point::marked).forEach(point -> marker(page, line, point));
    }
  }

  /** A disc for the first series, a square for the second. */
  private void marker(Markup page, Series line, Point point) {
    double x = across.x(point.x());
    double y = y(point.y());
    double radius = point.radius();
    if (line.isFirst()) {
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
    page.leaf("title", point.tip()).close();
  }

  private static void cross(Markup page, double x, double y, String tip) {
    String at = "translate(" + coordinate(x) + " " + coordinate(y) + ")";
    page.open("path", "class", "cross", "d", "M-5,-5L5,5M-5,5L5,-5", "transform", at);
    page.leaf("title", tip).close();
  }

  private void legend(Markup page) {
    Map<String, Series> names = new LinkedHashMap<>();
    series.forEach(line -> names.putIfAbsent(line.name(), line));
    if (names.size() > 1) {
      names.values().forEach(line -> swatch(page, line));
    }
    if (!marks.isEmpty()) {
      page.open("span", "class", "key");
      page.open(
          "svg", "viewBox", "0 0 14 14", "width", "14", "height", "14", "aria-hidden", "true");
      page.empty("path", "class", "cross", "d", "M3,3L11,11M3,11L11,3").close();
      page.text(markName).close();
    }
  }

  private static void swatch(Markup page, Series line) {
    page.open("span", "class", "key");
    page.open("svg", "viewBox", "0 0 28 14", "width", "28", "height", "14", "aria-hidden", "true");
    page.empty(
        "polyline", "class", "line " + line.style().replace("thin ", ""), "points", "0,7 28,7");
    if (line.points().get(0).marked()) {
      if (line.isFirst()) {
        page.empty("circle", "class", "dot first", "cx", "14", "cy", "7", "r", "3");
      } else {
        page.empty("rect", "class", "dot second", "x", "11", "y", "4", "width", "6", "height", "6");
      }
    }
    page.close().text(line.name()).close();
  }

  /** An SVG coordinate, rounded to two decimals. */
  static String coordinate(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
