package io.destine.spark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Attention weights of a head as inline SVG: a row for each attending field and, below, one for the
 * unary term; a column for each attended field. A cell shows the distance of its weight from 1 / M,
 * the weight of uniform attention: larger weights in one colour, smaller ones in another, with full
 * colour for the largest distance of the term.
 *
 * @param fields names, in order
 * @param pairwise [M][M], empty without the term
 * @param unary [M], empty without the term
 */
record HeatMap(List<String> fields, double[][] pairwise, double[] unary) {
  private static final int CELL = 16;
  private static final int LETTER = 7;
  private static final int LETTERS = 18;
  private static final int GAP = 8;
  private static final String ALL_FIELDS = "all fields";

  /**
   * Minimum distance shown in full colour, as a share of 1 / M, so that rounding errors stay pale.
   */
  private static final double LEAST = 1e-3;

  void write(Markup page, String title) {
    int m = fields.size();
    int lines = pairwise.length + (unary.length > 0 ? 1 : 0);
    int gap = pairwise.length > 0 && unary.length > 0 ? GAP : 0;
    int above = labels(fields);
    int left = Math.max(above, unary.length > 0 ? labels(List.of(ALL_FIELDS)) : 0);
    int height = above + lines * CELL + gap;
    int width = left + m * CELL;
    double ofPairs = scale(pairwise);
    double ofUnary = scale(unary);
    page.open("figure", "class", "map").open("figcaption").leaf("strong", title);
    page.leaf("span", caption(ofPairs, ofUnary), "class", "key").close();
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
      int x = left + n * CELL + CELL - 4;
      page.leaf(
          "text",
          shortened(fields.get(n)),
          "transform",
          "translate(" + x + " " + (above - 6) + ") rotate(-90)");
    }
    for (int i = 0; i < pairwise.length; i++) {
      line(page, fields.get(i), left, above + i * CELL, pairwise[i], ofPairs);
    }
    if (unary.length > 0) {
      line(page, ALL_FIELDS, left, above + pairwise.length * CELL + gap, unary, ofUnary);
    }
    page.close().close();
  }

  private String caption(double ofPairs, double ofUnary) {
    List<String> parts = new ArrayList<>();
    if (pairwise.length > 0) {
      parts.add("± " + points(ofPairs) + " (pairwise)");
    }
    if (unary.length > 0) {
      parts.add("± " + points(ofUnary) + " (unary)");
    }
    return "uniform weight "
        + NumberText.percent(1.0 / fields.size())
        + "; full colour at "
        + String.join(" and ", parts)
        + " percentage points";
  }

  private static String points(double share) {
    return String.format(Locale.ROOT, share < 0.001 ? "%.3f" : "%.1f", 100 * share);
  }

  private static int labels(List<String> names) {
    return 12 + LETTER * names.stream().mapToInt(name -> shortened(name).length()).max().orElse(0);
  }

  /** The distance from 1 / M that is shown in full colour. */
  private double scale(double[]... lines) {
    double uniform = 1.0 / fields.size();
    double largest = LEAST * uniform;
    for (double[] line : lines) {
      for (double weight : line) {
        largest = Math.max(largest, Math.abs(weight - uniform));
      }
    }
    return largest;
  }

  private void line(Markup page, String name, int left, int y, double[] weights, double scale) {
    page.leaf(
        "text",
        shortened(name),
        "class",
        "end",
        "x",
        String.valueOf(left - 6),
        "y",
        String.valueOf(y + CELL - 4));
    for (int n = 0; n < weights.length; n++) {
      double distance = weights[n] - 1.0 / fields.size();
      page.open(
          "rect",
          "class",
          distance < 0 ? "fill below" : "fill",
          "x",
          String.valueOf(left + n * CELL),
          "y",
          String.valueOf(y),
          "width",
          String.valueOf(CELL - 1),
          "height",
          String.valueOf(CELL - 1),
          "fill-opacity",
          String.format(Locale.ROOT, "%.3f", Math.abs(distance) / scale));
      page.leaf("title", name + " to " + fields.get(n) + ": " + NumberText.percent(weights[n]));
      page.close();
    }
  }

  private static String shortened(String name) {
    return name.length() <= LETTERS ? name : name.substring(0, LETTERS - 1) + "…";
  }
}
