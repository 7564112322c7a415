package io.destine.spark.report;

import java.util.List;

/**
 * A line of a chart.
 *
 * @param name its name in the legend
 * @param style first, second or bound, optionally prefixed by "thin": colour, dash and marker
 * @param points its points, by ascending x
 */
record Series(String name, String style, List<Point> points) {
  static final String FIRST = "first";
  static final String SECOND = "second";
  static final String BOUND = "bound";

  Series {
    points = List.copyOf(points);
  }

  /** A line without markers from one point to another one. */
  static Series bound(String name, double x, double y, double toX, double toY) {
    return new Series(name, BOUND, List.of(Point.of(x, y), Point.of(toX, toY)));
  }

  boolean isFirst() {
    return style.endsWith(FIRST);
  }

  boolean isBound() {
    return style.equals(BOUND);
  }

  /**
   * A point in the units of the axes.
   *
   * @param tip text shown when the pointer is over the point; null for a point without a marker
   * @param radius of the marker
   */
  record Point(double x, double y, String tip, double radius) {
    /** A point with a marker. */
    Point(double x, double y, String tip) {
      this(x, y, tip, 3);
    }

    /** A point without a marker. */
    static Point of(double x, double y) {
      return new Point(x, y, null);
    }

    boolean marked() {
      return tip != null;
    }
  }
}
