package io.destine.spark.tune;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.cross.NestedRates;
import io.destine.spark.conf.TuneFile;
import io.destine.spark.encode.FoundCross;
import io.destine.spark.encode.FoundCrosses;
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

  /** What a search that finds something has found, or none. */
  private static FoundCrosses found(String search, boolean rated) {
    return new FoundCrosses(
        search.equals("auto")
            ? List.of(new FoundCross(List.of("user", "item"), 0.1, 0.5))
            : List.of(),
        rated ? Optional.of(new NestedRates.Gain(0.1, 0.5)) : Optional.empty());
  }

  private static List<Map<String, String>> changes(
      boolean rated, String search, String... settings) {
    Trial best = Trial.of(Map.of("train.embedding-l2", "0.1", "crosses.search", search));
    return steps(settings).following(found(search, rated)).stream()
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
    FoundCrosses some = found("auto", false);
    assertThat(steps("init-model = start").crosses(some).change().apply(first)).isEmpty();
    assertThat(steps().crosses(some).change().apply(first))
        .hasValue(Map.of("crosses.search", "none"));
  }

  @Test
  void aSearchThatFindsNothingIsNotTurnedOff() {
    FoundCrosses none = found("none", false);
    Trial first = Trial.of(Map.of());
    assertThat(steps().crosses(none).change().apply(first)).isEmpty();
    assertThat(steps("crosses = none").crosses(none).change().apply(first))
        .hasValue(Map.of("crosses.search", "auto"));
    assertThat(steps().following(none)).hasSameSizeAs(steps("crosses = none").following(none));
  }
}
