package io.destine.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.report.Series.Point;
import java.time.LocalDate;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ChartTest {
  private static ReadPage drawn(Chart chart) {
    Markup page = new Markup();
    chart.write(page);
    return ReadPage.of(page.toString());
  }

  private static ReadPage history(int days, int refused, int failed) {
    ObjectNode report = JsonNodeFactory.instance.objectNode();
    ArrayNode history = report.putArray("history");
    for (int day = 0; day < days; day++) {
      ObjectNode entry = history.addObject();
      entry.put("date", LocalDate.of(2026, 11, 1).plusDays(day).toString());
      entry.put("result", day == refused ? "refused" : day == failed ? "failed" : "promoted");
      if (day != failed) {
        entry.put("rows", 1000 + 1000 * day);
      }
    }
    return drawn(
        new HistorySection(RunReport.of(report))
            .chart("Rows", "thousand", RunReport.Day::rows, NumberText::count, 1e-3));
  }

  @Test
  void pointsLieWhereTheLinearScalesPutThem() {
    TreeMap<Double, String> labels = new TreeMap<>();
    List<Point> points =
        List.of(new Point(1, 0.1, "a"), new Point(2, 0.2, "b"), new Point(5, 0.3, "c"));
    points.forEach(point -> labels.put(point.x(), "e"));
    Series series = new Series("loss", Series.FIRST, points);
    ReadPage page = drawn(Chart.over(labels, "Loss", "nats", List.of(series), List.of(), ""));
    // x: 48 + 286 (x - 1) / 4; y: 176 - 150 (y - 0.1) / 0.2, for 0.1 and 0.3 are ticks.
    assertThat(page.attributes("//polyline[@class='line first']", "points"))
        .containsExactly("48.00,176.00 119.50,101.00 334.00,26.00");
    assertThat(page.attributes("//circle", "cx")).containsExactly("48.00", "119.50", "334.00");
    assertThat(page.texts("//text[@class='end']"))
        .containsExactly("0.10", "0.15", "0.20", "0.25", "0.30");
  }

  @Test
  void aRefusedDayIsCrossedOutAtItsValueAndADayWithoutOneBelowTheAxis() {
    ReadPage page = history(5, 2, 3);
    // Day 2 of 0..4 in the middle: 191; 3 of 1..5 thousand in the middle: 101.
    // Day 3: 48 + 286 * 3 / 4; the axis is at 176.
    assertThat(page.attributes("//path[@class='cross' and @transform]", "transform"))
        .containsExactly("translate(191.00 101.00)", "translate(262.50 187.00)");
    assertThat(page.texts("//path/title"))
        .containsExactly("2026-11-03: refused", "2026-11-04: failed");
    assertThat(page.texts("//figcaption")).containsExactly("Rowsrefused or failed");
  }

  @Test
  void daysKeepTheirDistanceAndLabelsDoNotOverlap() {
    ReadPage page = history(60, -1, -1);
    List<Double> places =
        page.attributes("//text[@class='middle']", "x").stream().map(Double::valueOf).toList();
    assertThat(page.texts("//text[@class='middle']")).startsWith("30 Dec").hasSizeGreaterThan(3);
    for (int i = 1; i < places.size(); i++) {
      assertThat(places.get(i - 1) - places.get(i)).isGreaterThan(6 * 6.5);
    }
    assertThat(page.all("//circle")).isEmpty();
  }

  @Test
  void equalValuesAndASinglePlaceStandInTheMiddle() {
    TreeMap<Double, String> labels = new TreeMap<>();
    labels.put(7.0, "seven");
    Series series = new Series("s", Series.SECOND, List.of(new Point(7, 0, "t")));
    ReadPage page = drawn(Chart.over(labels, "S", "u", List.of(series), List.of(), ""));
    assertThat(page.attributes("//polyline", "points")).containsExactly("191.00,101.00");
  }

  /** The first series hides those after it, and all hide bounds; the legend has each name once. */
  @Test
  void theFirstSeriesIsOnTopAndANameIsInTheLegendOnce() {
    Series bound = Series.bound("bound", 0, 0, 100, 100);
    List<Point> points = List.of(new Point(10, 20, "t"), Point.of(30, 40));
    List<Series> lines =
        List.of(
            new Series("one", Series.FIRST, points),
            new Series("two", Series.SECOND, points),
            bound,
            bound);
    Axis whole = Axis.around(0, 100, 5);
    ReadPage page = drawn(Chart.ofScales("S", whole, "x", whole, "y", lines));
    assertThat(page.attributes("//svg[@role]/polyline", "class"))
        .containsExactly("line bound", "line bound", "line second", "line first");
    // 48 + 2.86 x, 312 - 2.86 y.
    assertThat(page.attributes("//svg[@role]/polyline[@class='line first']", "points"))
        .containsExactly("76.60,254.80 133.80,197.60");
    assertThat(page.all("//svg[@role]/circle")).as("a point without a tip").hasSize(1);
    assertThat(page.texts("//figcaption")).containsExactly("Sonetwobound");
  }
}
