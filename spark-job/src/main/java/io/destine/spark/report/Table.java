package io.destine.spark.report;

/** A table of a page, written row by row; on a narrow screen it scrolls separately. */
final class Table {
  private static final double BAR_WIDTH = 120;

  private final Markup page;

  /**
   * Opens a table.
   *
   * @param columns titles; a title that starts with # is for a column of numbers, which is
   *     right-aligned
   */
  Table(Markup page, String... columns) {
    this.page = page;
    page.open("div", "class", "scroll").open("table").open("thead").open("tr");
    for (String column : columns) {
      if (column.startsWith("#")) {
        page.leaf("th", column.substring(1), "class", "number", "scope", "col");
      } else {
        page.leaf("th", column, "scope", "col");
      }
    }
    page.close().close().open("tbody");
  }

  Table openRow() {
    page.open("tr");
    return this;
  }

  /** Opens a highlighted row. */
  Table openRow(String kind) {
    page.open("tr", "class", kind);
    return this;
  }

  /** The cell that names the row. */
  Table name(String text) {
    page.leaf("th", text, "scope", "row");
    return this;
  }

  Table text(String text) {
    page.leaf("td", text);
    return this;
  }

  Table text(String text, String kind) {
    page.leaf("td", text, "class", kind);
    return this;
  }

  Table number(String text) {
    page.leaf("td", text, "class", "number");
    return this;
  }

  /**
   * A cell with a horizontal bar.
   *
   * @param share length of the bar, from 0 to 1 of the cell
   * @param reference position of a tick on the same scale, negative for none
   */
  Table bar(double share, double reference) {
    page.open("td", "class", "bar");
    page.open(
        "svg", "viewBox", "0 0 120 12", "width", "120", "height", "12", "aria-hidden", "true");
    String width = Chart.coordinate(BAR_WIDTH * Math.max(0, Math.min(1, share)));
    page.empty("rect", "class", "fill", "x", "0", "y", "2", "width", width, "height", "8");
    if (reference >= 0) {
      String x = Chart.coordinate(Math.min(BAR_WIDTH - 1, BAR_WIDTH * reference));
      page.empty("line", "class", "reference", "x1", x, "x2", x, "y1", "0", "y2", "12");
    }
    page.close().close();
    return this;
  }

  Table closeRow() {
    page.close();
    return this;
  }

  void close() {
    page.close().close().close();
  }
}
