package io.destine.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class CalibrationChartTest {
  private final ObjectNode candidate = JsonNodeFactory.instance.objectNode();
  private final ObjectNode published = JsonNodeFactory.instance.objectNode();

  private static void bin(ObjectNode metrics, long rows, double predicted, double positive) {
    metrics
        .withArray("reliability")
        .addObject()
        .put("rows", rows)
        .put("mean_prediction", predicted)
        .put("positive_rate", positive);
  }

  private ReadPage drawn() {
    Markup page = new Markup();
    new CalibrationChart(
            "candidate", new ReportNode(candidate), "published", new ReportNode(published))
        .write(page);
    return ReadPage.of(page.toString());
  }

  @Test
  void binsLieAtPredictionAndPositiveRateOnEqualAxes() {
    bin(candidate, 75, 0.1, 0.2);
    bin(candidate, 225, 0.4, 0.5);
    bin(published, 100, 0.25, 0.25);
    ReadPage page = drawn();
    // 0..50% over 286 units from x = 48 and y = 312.
    assertThat(page.attributes("//polyline[@class='line thin first']", "points"))
        .containsExactly("105.20,197.60 276.80,26.00");
    assertThat(page.attributes("//polyline[@class='line thin second']", "points"))
        .containsExactly("191.00,169.00");
    assertThat(page.attributes("//polyline[@class='line bound']", "points"))
        .contains("48.00,312.00 334.00,26.00");
    // 2 + 5 sqrt(share): shares 1/4 and 3/4.
    assertThat(page.attributes("//svg[@role]/circle", "r")).containsExactly("4.50", "6.33");
    assertThat(page.texts("//circle/title")).contains("predicted 10.00%, positive 20.00%, rows 75");
  }

  @Test
  void binsOfFewRowsAreLeftOutUnlessThereIsNoOther() {
    bin(candidate, 29, 0.9, 0.0);
    bin(candidate, 30, 0.1, 0.1);
    bin(published, 3, 0.2, 0.1);
    ReadPage page = drawn();
    assertThat(page.all("//svg[@role]/circle")).hasSize(1);
    assertThat(page.all("//svg[@role]/rect")).hasSize(1);
  }

  @Test
  void withoutBinsThereIsNoChart() {
    assertThat(
            new CalibrationChart(
                    "candidate", new ReportNode(candidate), "published", new ReportNode(null))
                .present())
        .isFalse();
  }
}
