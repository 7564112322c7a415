package io.destine.spark.report;

/**
 * The frame of a chart of shares against shares, in percent: titles, grid and ticks of both axes,
 * and where a point lies.
 *
 * @param horizontal axis of x, in percent
 * @param vertical axis of y, in percent
 * @param horizontalTitle what x is
 * @param verticalTitle what y is
 */
record SquarePlot(Axis horizontal, Axis vertical, String horizontalTitle, String verticalTitle) {
  static final double LEFT = 48;
  static final double RIGHT = 334;
  static final double TOP = 26;
  static final double BOTTOM = 312;

  /** Opens the SVG element and draws the frame. */
  void open(Markup page, String description) {
    page.open("svg", "viewBox", "0 0 360 348", "role", "img", "aria-label", description);
    page.leaf("text", verticalTitle, "class", "unit", "x", "2", "y", "11");
    String left = LineChart.coordinate(LEFT);
    String right = LineChart.coordinate(RIGHT);
    for (double tick : vertical.ticks()) {
      double y = vertical.position(tick, BOTTOM, TOP);
      String at = LineChart.coordinate(y);
      page.empty("line", "class", "grid", "x1", left, "x2", right, "y1", at, "y2", at);
      String base = LineChart.coordinate(y + 4);
      String end = LineChart.coordinate(LEFT - 6);
      page.leaf("text", vertical.label(tick), "class", "end", "x", end, "y", base);
    }
    for (double tick : horizontal.ticks()) {
      String x = LineChart.coordinate(horizontal.position(tick, LEFT, RIGHT));
      String below = LineChart.coordinate(BOTTOM + 15);
      page.leaf("text", horizontal.label(tick), "class", "middle", "x", x, "y", below);
    }
    String foot = LineChart.coordinate(BOTTOM + 32);
    page.leaf("text", horizontalTitle, "class", "unit end", "x", right, "y", foot);
  }

  /** The x coordinate of a share of 1. */
  double x(double share) {
    return horizontal.position(100 * share, LEFT, RIGHT);
  }

  /** The y coordinate of a share of 1. */
  double y(double share) {
    return vertical.position(100 * share, BOTTOM, TOP);
  }

  /** A corner of a line. */
  String corner(double x, double y) {
    return LineChart.coordinate(x(x)) + "," + LineChart.coordinate(y(y));
  }
}
