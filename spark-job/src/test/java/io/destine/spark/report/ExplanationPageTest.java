package io.destine.spark.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExplanationPageTest {
  private static final String CELLS = "//rect";

  private static ReadPage page(List<String> names, double[][] pairwise, double[] unary) {
    ObjectNode json = new ObjectMapper().createObjectNode().put("model", "runs/m");
    names.forEach(name -> json.withArray("fields").addObject().put("name", name));
    ObjectNode head = json.putArray("attention").addObject().put("layer", 1).put("head", 1);
    for (double[] line : pairwise) {
      ArrayNode weights = head.withArray("pairwise").addArray();
      for (double weight : line) {
        weights.add(weight);
      }
    }
    for (double weight : unary) {
      head.withArray("unary").add(weight);
    }
    return ReadPage.of(ExplanationPage.render(json));
  }

  private static List<String> cells(ReadPage page, String attribute) {
    return page.attributes("//figure[@class='map']" + CELLS, attribute);
  }

  /** Weights of 0.24 to 0.27 beside 0.25, and none below a quarter in the second line. */
  @Test
  void nearlyUniformAttentionIsShownByItsDistanceFromUniform() {
    ReadPage page =
        page(
            List.of("a", "b", "c", "d"),
            new double[][] {
              {0.25, 0.24, 0.26, 0.25},
              {0.27, 0.25, 0.24, 0.24},
              {0.25, 0.25, 0.25, 0.25},
              {0.25, 0.25, 0.25, 0.25}
            },
            new double[] {0.85, 0.05, 0.05, 0.05});
    assertThat(cells(page, "fill-opacity"))
        .startsWith("0.000", "0.500", "0.500", "0.000", "1.000", "0.000", "0.500", "0.500")
        .endsWith("1.000", "0.333", "0.333", "0.333");
    assertThat(cells(page, "class").subList(0, 5))
        .containsExactly("fill", "fill below", "fill", "fill", "fill");
    assertThat(page.texts("//figcaption/span"))
        .containsExactly(
            "uniform weight 25.00%; full colour at ± 2.0 (pairwise) and ± 60.0 (unary)"
                + " percentage points");
  }

  @Test
  void roundingErrorsOfUniformAttentionStayPale() {
    double third = 1.0 / 3;
    double[] line = {third + 1e-9, third, third - 1e-9};
    ReadPage page = page(List.of("a", "b", "c"), new double[][] {line, line, line}, new double[0]);
    assertThat(cells(page, "fill-opacity")).containsOnly("0.000");
  }

  /** 12 pixels and 7 for each letter, then 16 for each field. */
  @Test
  void thePictureIsAsLargeAsItsNamesAndCells() {
    double[][] pairwise = {{0.5, 0.5}, {0.5, 0.5}};
    ReadPage page = page(List.of("user", "item"), pairwise, new double[0]);
    assertThat(page.attributes("//figure[@class='map']/svg", "viewBox"))
        .containsExactly("0 0 72 72");
    page = page(List.of("a name of thirty letters or so", "b"), pairwise, new double[] {0.5, 0.5});
    assertThat(page.attributes("//figure[@class='map']/svg", "viewBox"))
        .containsExactly("0 0 170 194");
  }
}
