package io.destine.spark.report;

import java.util.List;
import java.util.Locale;

/**
 * Attention weights of a head as inline SVG: a line for each field that looks and, below them, one
 * for the unary term; a column for each field that is looked at. The darker a cell, the larger its
 * weight, by the largest of its part.
 *
 * @param fields names, in order
 * @param pairwise [M][M], empty without the term
 * @param unary [M], empty without the term
 */
record HeatMap(List<String> fields, double[][] pairwise, double[] unary) {
  private static final int CELL = 16;
  private static final int LABELS = 130;
  private static final int LETTERS = 18;
  private static final int GAP = 8;

  void write(Markup page, String title) {
    int m = fields.size();
    int lines = pairwise.length + (unary.length > 0 ? 1 : 0);
    int gap = pairwise.length > 0 && unary.length > 0 ? GAP : 0;
    int height = LABELS + lines * CELL + gap;
    int width = LABELS + m * CELL;
    page.open("figure").open("figcaption").leaf("strong", title).close();
    page.open(
        "svg",
        "viewBox",
        "0 0 " + width + " " + height,
        "width",
        String.valueOf(width),
        "height",
        String.valueOf(height),
        "role",
        "img",
        "aria-label",
        title);
    for (int n = 0; n < m; n++) {
      int x = LABELS + n * CELL + CELL - 4;
      page.leaf(
          "text",
          shortened(fields.get(n)),
          "transform",
          "translate(" + x + " " + (LABELS - 6) + ") rotate(-90)");
    }
    double largest = 0;
    for (double[] line : pairwise) {
      largest = Math.max(largest, max(line));
    }
    for (int i = 0; i < pairwise.length; i++) {
      line(page, fields.get(i), LABELS + i * CELL, pairwise[i], largest);
    }
    if (unary.length > 0) {
      line(page, "all fields", LABELS + pairwise.length * CELL + gap, unary, max(unary));
    }
    page.close().close();
  }

  private void line(Markup page, String name, int y, double[] weights, double largest) {
    page.leaf(
        "text",
        shortened(name),
        "class",
        "end",
        "x",
        String.valueOf(LABELS - 6),
        "y",
        String.valueOf(y + CELL - 4));
    for (int n = 0; n < weights.length; n++) {
      double share = largest > 0 ? weights[n] / largest : 0;
      page.open(
          "rect",
          "class",
          "fill",
          "x",
          String.valueOf(LABELS + n * CELL),
          "y",
          String.valueOf(y),
          "width",
          String.valueOf(CELL - 1),
          "height",
          String.valueOf(CELL - 1),
          "fill-opacity",
          String.format(Locale.ROOT, "%.3f", share));
      page.leaf("title", name + " to " + fields.get(n) + ": " + NumberText.percent(weights[n]));
      page.close();
    }
  }

  private static double max(double[] numbers) {
    double max = 0;
    for (double number : numbers) {
      max = Math.max(max, number);
    }
    return max;
  }

  private static String shortened(String name) {
    return name.length() <= LETTERS ? name : name.substring(0, LETTERS - 1) + "…";
  }
}
