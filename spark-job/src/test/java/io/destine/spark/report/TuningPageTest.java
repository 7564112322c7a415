package io.destine.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class TuningPageTest {
  private static ObjectNode search(String metric) {
    ObjectNode json = new ObjectMapper().createObjectNode().put("directory", "runs/m.tune");
    json.put("metric", metric);
    double[][] trials = {{2, 0.44, 0.70}, {3, 0.45, 0.75}, {1, 0.46, 0.71}};
    for (double[] trial : trials) {
      ObjectNode node = json.withArray("trials").addObject().put("trial", (int) trial[0]);
      node.put("validation_log_loss", trial[1]).put("validation_auc", trial[2]);
      node.put("state", "finished").put("epochs", 3).put("seconds", 5);
      node.putObject("values").put("model.deep", "[" + (int) trial[0] + "]");
    }
    ObjectNode best = json.putObject("best");
    best.setAll((ObjectNode) json.path("trials").path(0));
    best.putObject("test").put("log_loss", 0.4321);
    return json;
  }

  private static ReadPage page(ObjectNode json) {
    return ReadPage.of(TuningPage.render(json));
  }

  @Test
  void theHeadHasTheBestTrialAndItsTestFigure() {
    ReadPage page = page(search("log_loss"));
    assertThat(page.texts("//h1")).containsExactly("The best of 3 trials: log loss 0.4400");
    assertThat(page(search("auc")).texts("//h1"))
        .containsExactly("The best of 3 trials: AUC 0.7000");
    assertThat(page.texts("//header//dl[@class='tiles']").toString()).contains("0.4321");
    assertThat(page.texts("//header//dl[@class='facts keys']").toString())
        .contains("model.deep")
        .contains("[2]");
  }

  @Test
  void trialsAreListedBestFirstWithAColumnForEachSetting() {
    ReadPage page = page(search("log_loss"));
    assertThat(page.texts("//th"))
        .containsExactly("Trial", "Log loss", "AUC", "State", "Epochs", "Duration", "model.deep");
    assertThat(page.texts("//tbody/tr/td[1]")).containsExactly("2", "3", "1");
    assertThat(page.texts("//tbody/tr/td[7]")).containsExactly("[2]", "[3]", "[1]");
  }

  /** Log losses 0.46, 0.44, 0.45 have bests 0.46, 0.44, 0.44; of AUC, 0.71, 0.71, 0.75. */
  @Test
  void theChartHasTrialsInTheirOrderAndTheBestSoFar() {
    assertThat(flat("log_loss")).isEqualTo(1);
    assertThat(flat("auc")).isZero();
    assertThat(page(search("auc")).texts("//figcaption/strong")).containsExactly("Validation AUC");
  }

  /** The index, from 0, of the level segment in the line of the best so far. */
  private static int flat(String metric) {
    String points =
        page(search(metric)).attributes("//polyline[@class='line bound']", "points").stream()
            .filter(text -> text.split(" ").length == 3)
            .findFirst()
            .orElseThrow();
    String[] corners = points.split(" ");
    return corners[0].split(",")[1].equals(corners[1].split(",")[1]) ? 0 : 1;
  }

  @Test
  void aSearchWithoutATrialSaysSo() {
    ObjectNode json = new ObjectMapper().createObjectNode().put("directory", "runs/m.tune");
    assertThat(page(json).texts("//h1")).containsExactly("No trial has succeeded so far");
  }
}
