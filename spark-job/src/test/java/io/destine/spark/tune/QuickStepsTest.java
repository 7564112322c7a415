package io.destine.spark.tune;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.conf.TuneFile;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QuickStepsTest {
  private static List<Map<String, String>> changes(String search, String... settings) {
    return changes(false, search, settings);
  }

  private static QuickSteps steps(String... settings) {
    return new QuickSteps(
        TuneFile.parse(
                """
                source { path = "clicks.csv", format = csv }
                label = clicked
                fields = "*"
                output.model = "model"
                """
                    + String.join("\n", settings),
                List.of())
            .base(),
        1000);
  }

  private static List<Map<String, String>> changes(
      boolean rated, String search, String... settings) {
    Trial best = Trial.of(Map.of("train.embedding-l2", "0.1", "crosses.search", search));
    return steps(settings).following(best, rated).stream()
        .map(step -> step.change().apply(best))
        .flatMap(Optional::stream)
        .toList();
  }

  private static final Map<String, String> LAYERS = Map.of("model.layers", "3");
  private static final Map<String, String> HALF = Map.of("train.embedding-l2", "0.05");
  private static final Map<String, String> TWICE = Map.of("train.embedding-l2", "0.2");
  private static final Map<String, String> WIDE = Map.of("model.embedding-dim", "32");
  private static final Map<String, String> SMALL =
      Map.of("train.batch-size", "256", "train.learning-rate", "0.001");

  @Test
  void withCrossesTheirRatesComeFirstAndSlowTrialsLast() {
    assertThat(changes("auto"))
        .containsExactly(Map.of("rates", "crosses"), LAYERS, HALF, TWICE, WIDE, SMALL)
        .isEqualTo(changes("auto", "rates = none"));
    assertThat(changes("auto", "rates = nested"))
        .containsExactly(LAYERS, HALF, TWICE, WIDE, SMALL)
        .isEqualTo(changes(true, "auto"));
  }

  @Test
  void withoutCrossesTheNetworkGrowsFirstAndRatesOfAllFieldsComeLast() {
    assertThat(changes("none"))
        .containsExactly(WIDE, SMALL, LAYERS, HALF, TWICE, Map.of("rates", "all"));
  }

  @Test
  void aModelToStartFromKeepsItsNetworkAndFields() {
    assertThat(changes("none", "init-model = start")).containsExactly(SMALL, HALF, TWICE);
    Trial first = Trial.of(Map.of());
    assertThat(steps("init-model = start").crosses().change().apply(first)).isEmpty();
    assertThat(steps().crosses().change().apply(first)).isPresent();
  }
}
