package io.destine.spark.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrainingPageTest {
  private static ReadPage page(JsonNode report) {
    return ReadPage.of(TrainingPage.render(report));
  }

  @Test
  void thePageIsWellFormedAndLoadsNothing() {
    String html = TrainingPage.render(SampleReport.training());
    ReadPage page = ReadPage.of(html);
    assertThat(html)
        .startsWith("<!DOCTYPE html>\n<html")
        .doesNotContain("http:", "https:", "src=", "href", "url(", "@import", "xmlns", "style=");
    assertThat(page.all("//script | //link | //img | //iframe | //object | //@onload")).isEmpty();
    assertThat(page.attributes("//meta[@http-equiv='Content-Security-Policy']", "content"))
        .singleElement()
        .asString()
        .startsWith("default-src 'none'; style-src 'sha256-")
        .doesNotContain("unsafe");
  }

  @Test
  void figuresOfBothSplitsStandSideBySideWithTheirIntervals() {
    ReadPage page = page(SampleReport.training());
    assertThat(page.texts("//h1")).containsExactly("A trained model: AUC 0.7000 on the test rows");
    assertThat(page.row("Metrics", "AUC"))
        .containsExactly("0.71000.7000 to 0.7200", "0.70000.6900 to 0.7100");
    assertThat(page.row("Metrics", "Log loss"))
        .containsExactly("0.49000.4700 to 0.5100", "0.50000.4800 to 0.5200");
    assertThat(page.row("Metrics", "Calibration")).containsExactly("0.9000", "0.9000");
    assertThat(page.row("Metrics", "Rows")).containsExactly("8,000", "8,000");
    assertThat(page.texts("//section[h2='Metrics']/p").get(0))
        .startsWith("Epoch 1, the best by validation AUC.");
  }

  @Test
  void theCurveOfEveryEpochIsDrawnAndTheKeptOneIsBold() {
    ReadPage page = page(SampleReport.training());
    assertThat(page.texts("//section[h2='Learning']//tr[@class='total']/td"))
        .containsExactly("1", "0.5000", "0.4900", "0.7100", "0.001");
    assertThat(page.texts("//section[h2='Learning']//figcaption/strong"))
        .containsExactly("Log loss", "Validation AUC");
    assertThat(page.all("//section[h2='Learning']//circle[contains(@class,'dot')]/title"))
        .hasSize(2);
  }

  @Test
  void curvesGoThroughTheirPointsOnAxesOfPercent() {
    ReadPage page = page(SampleReport.training());
    String figure = "//section[h2='Thresholds']//figure[figcaption/strong='";
    String first = "']//svg[@role]/polyline[@class='line first']";
    // 0..100% over 286 units from x = 48, and from y = 312 upwards.
    assertThat(page.attributes(figure + "ROC curve" + first, "points"))
        .containsExactly("48.00,312.00 82.32,128.96 162.40,83.20 334.00,26.00");
    // Precision 64% on an axis up to 80%: 312 - 286 * 64 / 80.
    assertThat(page.attributes(figure + "Precision and recall" + first, "points"))
        .containsExactly("231.04,83.20 276.80,169.00 334.00,222.63");
    assertThat(
            page.attributes(
                figure + "Precision and recall']//svg[@role]/polyline[@class='line bound']",
                "points"))
        .containsExactly("48.00,222.63 334.00,222.63");
  }

  @Test
  void thresholdsSayWhatTheySelectAndHowMuchBetterThanTheBaseRate() {
    ReadPage page = page(SampleReport.training());
    // Lift: 0.64 / 0.25 and 0.4 / 0.25.
    assertThat(page.row("Thresholds", "0.5000"))
        .containsExactly("25.00%", "64.00%", "64.00%", "2.56×");
    assertThat(page.row("Thresholds", "0.1000"))
        .containsExactly("50.00%", "40.00%", "80.00%", "1.60×");
    assertThat(page.texts("//section[h2='Thresholds']//tbody/tr[1]/th/small"))
        .containsExactly("highest F1");
  }

  @Test
  void fieldsSayWhatTheyHold() {
    ReadPage page = page(SampleReport.training());
    assertThat(page.row("Fields", "site"))
        .containsExactly("5,000", "1.00%", "2.00%", "3.00%", "5.0–61.0%");
    assertThat(page.row("Fields", "price")).containsExactly("–", "–", "–", "–", "–");
    assertThat(page.texts("//section[h2='Fields']//tbody//small"))
        .containsExactly("categorical", "numeric, linear");
  }

  @Test
  void settingsAreListedByKeyFoldedUp() {
    ReadPage page = page(SampleReport.training());
    String keys = "//section[h2='Settings']/details/dl/";
    assertThat(page.texts(keys + "dt"))
        .containsExactly(
            "label",
            "train.epochs",
            "train.learning-rate",
            "source.path",
            "source.options.password");
    assertThat(page.texts(keys + "dd"))
        .containsExactly("click", "2", "0.001", "[\"a.csv\"]", "(hidden)");
    assertThat(page.all("//details[@open]")).isEmpty();
    assertThat(page.texts("//section[h2='Model and versions']//dd"))
        .contains("destine 0.1.0", "3.5.5", "17.0.1", "vector", "123,456");
  }

  @Test
  void aModelWorseThanGuessingIsSaidAtTheTop() {
    assertThat(page(SampleReport.training()).texts("//header/p[@class='warning']"))
        .containsExactly(
            "2 rows could not be read and are kept in the quarantine of the encoded data.",
            "Field hour: has one value.");
    ObjectNode report = SampleReport.training();
    ((ObjectNode) report.at("/splits/test"))
        .put("normalized_entropy", 1.08)
        .putArray("warnings")
        .add("the model is worse than guessing");
    assertThat(page(report).texts("//header/p[@class='warning']"))
        .hasSize(3)
        .first()
        .isEqualTo("Test: the model is worse than guessing.");
  }

  @Test
  void namesThatAreMarkupAreShownAsText() {
    ObjectNode report = SampleReport.training();
    String shown = SampleReport.HOSTILE;
    report.put("model", shown).put("kernel", shown).putArray("warnings").add(shown);
    ((ObjectNode) report.at("/fields/0")).put("field", shown).put("kind", shown);
    ((ObjectNode) report.path("settings")).put(shown, shown);
    ((ObjectNode) report.at("/splits/test/thresholds/0")).put("reason", shown);
    ReadPage page = page(report);
    assertThat(page.texts("//section[h2='Fields']//tbody/tr[1]/th")).containsExactly(shown + shown);
    assertThat(page.texts("//section[h2='Settings']//dt")).contains(shown);
    assertThat(page.texts("//section[h2='Settings']//dd")).contains(shown);
    assertThat(page.all("//script")).isEmpty();
  }

  @Test
  void anyNodeMayBeMissingNullOrOfAnotherType() {
    List<String> paths = new ArrayList<>();
    HtmlReportTest.collect(SampleReport.training(), "", paths);
    assertThat(paths).hasSizeGreaterThan(80);
    paths.remove("/model");
    for (String path : paths) {
      int cut = path.lastIndexOf('/');
      String key = path.substring(cut + 1);
      for (int kind = 0; kind < 4; kind++) {
        ObjectNode report = SampleReport.training();
        ObjectNode parent = (ObjectNode) report.at(path.substring(0, cut));
        switch (kind) {
          case 0 -> parent.remove(key);
          case 1 -> parent.putNull(key);
          case 2 -> parent.put(key, Double.NaN);
          default -> parent.putArray(key).add("text").addNull();
        }
        String html = TrainingPage.render(report);
        if (!path.startsWith("/settings")) {
          assertThat(html).as(path).contains("<h1>").doesNotContain("NaN", "Infinity", ">null<");
        }
        if (kind == 0) {
          assertThat(ReadPage.of(html).all("/html/body/main/header")).as(path).hasSize(1);
        }
      }
    }
    assertThatThrownBy(() -> TrainingPage.render(MissingNode.getInstance()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
