package io.destine.spark.report;

import java.util.List;

/**
 * A line of a chart.
 *
 * @param name its name in the legend
 * @param style first, second or bound: colour, dash and marker
 * @param points its points, by ascending x
 */
record Series(String name, String style, List<Point> points) {
  static final String FIRST = "first";
  static final String SECOND = "second";
  static final String BOUND = "bound";

  Series {
    points = List.copyOf(points);
  }

  /**
   * A point in the units of the axes.
   *
   * @param tip what a pointer over the point shows
   */
  record Point(double x, double y, String tip) {}
}
