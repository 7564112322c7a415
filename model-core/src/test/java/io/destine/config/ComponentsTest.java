package io.destine.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComponentsTest {
  record Inner(@Meaning(value = "a number", preset = "2") int minRows) {
    Inner {
      Check.atLeast("outer.min-rows", 1, minRows);
    }
  }

  record Outer(
      @Meaning(value = "a choice", key = "metric", preset = "log_loss") Metric by,
      @Meaning("a flag") boolean batchNorm,
      @Meaning(value = "a share", preset = "0.5") double share,
      @Meaning(value = "a text to give", required = "a name") String name,
      @Meaning("a list") List<Integer> deep,
      @Meaning("a text") Optional<String> where,
      Inner inner) {}

  private static final Outer DEFAULTS =
      new Outer(
          Metric.LOG_LOSS,
          false,
          0.5,
          Components.MISSING,
          List.of(),
          Optional.empty(),
          new Inner(2));

  @Test
  void whatNobodySetsHasItsPreset() {
    assertThat(Components.defaults(Outer.class)).isEqualTo(DEFAULTS);
  }

  @Test
  void keysAreNamesOfComponentsInKebabCaseUnlessTheySayOtherwise() {
    assertThat(Outer.class.getRecordComponents())
        .extracting(Components::key)
        .containsExactly("metric", "batch-norm", "share", "name", "deep", "where", "inner");
    RecordComponent penalty = OptimizerConfig.class.getRecordComponents()[5];
    assertThat(Components.key(penalty)).isEqualTo("embedding-l2");
  }

  @Test
  void aCopyDiffersInOneComponentAndIsChecked() {
    assertThat(Components.with(DEFAULTS, "share", 0.25).share()).isEqualTo(0.25);
    assertThat(Components.with(Components.with(DEFAULTS, "share", 0.25), "share", 0.5))
        .isEqualTo(DEFAULTS);
    assertThatThrownBy(() -> Components.with(DEFAULTS.inner(), "minRows", 0))
        .isInstanceOf(SettingProblem.class)
        .hasMessage("outer.min-rows must be at least 1, got 0");
    assertThatThrownBy(() -> Components.with(DEFAULTS, "shares", 1.0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name must be a component of");
  }

  @Test
  void valuesMakeTheRecordTheyAreOf() {
    Map<String, Object> values = Components.values(DEFAULTS);
    assertThat(values).containsEntry("batchNorm", false).hasSize(7);
    assertThat(Components.of(Outer.class, values)).isEqualTo(DEFAULTS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"each_layer", "EACH_LAYER", "each-layer"})
  void choicesAreReadInAnySpellingOfTheirWords(String text) {
    assertThat(Components.parse(Residual.class, text)).isEqualTo(Residual.EACH_LAYER);
  }
}
