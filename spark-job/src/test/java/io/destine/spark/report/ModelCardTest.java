package io.destine.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelCardTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static ObjectNode report() throws IOException {
    try (InputStream in = ModelCardTest.class.getResourceAsStream("training.json")) {
      return (ObjectNode) JSON.readTree(in);
    }
  }

  private static JsonNode metadata(String card) throws IOException {
    assertThat(card).startsWith("---\n");
    return JSON.readTree(card.substring(4, card.indexOf("\n---\n")));
  }

  @Test
  void figuresAreThoseOfTheTestRows() throws IOException {
    String card = ModelCard.render(report());
    assertThat(card.lines().toList())
        .containsSubsequence(
            "# clicks",
            "| train | 64,000 | 0.2500 |",
            "| AUC | 0.7000 | 0.6900 to 0.7100 |",
            "| Log loss | 0.5000 | 0.4800 to 0.5200 |",
            "| epochs | 2; epoch 1 is kept |",
            "- field hour: has one value");
    JsonNode result = metadata(card).at("/model-index/0/results/0");
    assertThat(result.at("/metrics/0/type").asText()).isEqualTo("roc_auc");
    assertThat(result.at("/metrics/0/value").asDouble()).isEqualTo(0.7);
    assertThat(result.at("/dataset/name").asText()).isEqualTo("a.csv");
  }

  @Test
  void aNameKeepsItsCharactersAndPathsOfASplitAreNamed() throws IOException {
    ObjectNode other = report();
    other.put("model", "runs/a_b&c");
    ObjectNode settings = (ObjectNode) other.get("settings");
    ((ObjectNode) settings.get("source")).remove("path");
    settings.withObject("/split/paths").put("train", "a.csv").put("test", "b.csv");
    String card = ModelCard.render(other);
    assertThat(metadata(card).at("/model-index/0/name").asText()).isEqualTo("a_b&c");
    assertThat(metadata(card).at("/model-index/0/results/0/dataset/name").asText())
        .isEqualTo("a.csv, b.csv");
    assertThat(card).contains("# a\\_b&amp;c").contains("| source | <code>a.csv, b.csv</code> |");
  }

  @Test
  void equalTrainingsHaveEqualCards() throws IOException {
    ObjectNode other = report();
    other.put("started", "2027-01-01T00:00:00Z").put("finished", "2027-01-01T00:09:00Z");
    other.put("seconds", 540.0).putArray("stages");
    assertThat(ModelCard.render(other)).isEqualTo(ModelCard.render(report()));
  }

  @Test
  void valuesHaveNoMeaningInMarkdownAndNoneIsNeeded() throws IOException {
    ObjectNode hostile = report();
    ((ObjectNode) hostile.get("settings")).put("label", "a|b<script>\n# head `x` [y](z)");
    hostile.putArray("warnings").add("---\n- a *bold* | row");
    String card = ModelCard.render(hostile);
    assertThat(card)
        .contains("<code>a\\|b&lt;script> \\# head \\`x\\` \\[y\\](z)</code>")
        .contains("- --- - a \\*bold\\* \\| row\n")
        .doesNotContain("<script");
    assertThat(card.lines().filter(line -> line.equals("---")).count()).isEqualTo(2);
    ObjectNode empty = JSON.createObjectNode().put("model", "runs/empty");
    assertThat(ModelCard.render(empty)).contains("# empty", "## Limits");
    assertThat(metadata(ModelCard.render(empty)).at("/model-index/0/name").asText())
        .isEqualTo("empty");
    assertThat(List.of("auc", "log_loss")).noneMatch(key -> metadataText(empty).contains(key));
  }

  private static String metadataText(ObjectNode report) {
    String card = ModelCard.render(report);
    return card.substring(0, card.indexOf("\n---\n"));
  }
}
