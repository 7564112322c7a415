package io.destine.spark.conf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSettingsTest {
  private static final String BASE =
      """
      source { format = csv, options { sep = ";", password = "one" } }
      label = clicked
      fields = [ user, { name = price, kind = numeric } ]
      output { model = runs/a }
      nightly { input = "logs/{date}" }
      tables { item { path = "items.csv", key = item, fields = [ genre ], options { password = one } } }
      """;

  private static ModelSettings settings(String... overrides) {
    return ModelSettings.of(JobConfigReader.parse(BASE, List.of(overrides)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nightly.metrics-file=/tmp/x",
        "nightly.keep-models=5",
        "nightly.keep-runs=30",
        "nightly.lock-minutes=2",
        "nightly.recent-days=3",
        "nightly.min-rows=7",
        "nightly.min-rows-of-recent=0.1",
        "nightly.label-rate-tolerance=0.9",
        "nightly.success-file=DONE",
        "nightly.input=\"other/{date}\"",
        "nightly.gate.tolerance=0.1",
        "checkpoint.steps=10",
        "checkpoint.minutes=3",
        "compute.kernel=nd4j",
        "quarantine.max-fraction=0.5",
        "output.model=runs/b",
        "source.options.password=two",
        "tables.item.path=other.csv",
        "tables.item.options.password=two",
        "tracking.tensorboard=/tmp/x",
        "train.epochs"
      })
  void whatTheModelDoesNotDependOnChangesNothing(String override) {
    // The last one is the default, written out.
    String plain = override.startsWith("train.epochs") ? epochs() : override;
    assertThat(settings(plain)).isEqualTo(settings());
    assertThat(settings(plain).fingerprint()).isEqualTo(settings().fingerprint());
  }

  private static String epochs() {
    return "train.epochs="
        + Settings.all().stream()
            .filter(setting -> setting.key().equals("train.epochs"))
            .findFirst()
            .orElseThrow()
            .defaultValue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "label=bought",
        "weight=w",
        "split.seed=9",
        "split.key=user",
        "vocabulary.min-count=3",
        "vocabulary.max-values=100",
        "model.layers=5",
        "train.learning-rate=0.5",
        "train.seed=4",
        "nightly.epochs=3",
        "nightly.window-days=2",
        "nightly.learning-rate=0.1",
        "nightly.decay-after-days=8",
        "source.options.sep=|",
        "output.block-rows=5000",
        "crosses.max=3",
        "crosses.fields=[[user, genre]]",
        "rates=crosses",
        "negatives=0.5",
        "positive-weight=2",
        "positive-from=1",
        "tables.item.column=id",
        "tables.item.time-zone=UTC",
        "tables.item.options.sep=|"
      })
  void whatTheModelDependsOnIsNamed(String override) {
    String key = override.substring(0, override.indexOf('='));
    assertThat(settings(override).differences(settings()))
        .singleElement()
        .asString()
        .startsWith(key + " was ");
    assertThat(settings(override).fingerprint()).isNotEqualTo(settings().fingerprint());
  }

  @Test
  void otherCrossesAreNamed() {
    ModelSettings one = settings("crosses.fields=[[user, genre]]");
    ModelSettings two = settings("crosses.fields=[[genre, user], [user, genre, brand]]");
    ModelSettings other = settings("crosses.fields=[[genre, user], [user, brand]]");
    assertThat(two.differences(one)).hasSize(1);
    assertThat(other.differences(two))
        .containsExactly(
            "crosses.fields was [[\"genre\",\"user\"], [\"user\",\"genre\",\"brand\"]], is"
                + " [[\"genre\",\"user\"], [\"user\",\"brand\"]]");
  }

  /**
   * Settings that later versions add are left out as long as they have their defaults. The column
   * and transform of a field have no fixed default, since they follow from its name and kind; in
   * nightly runs the metric follows from that of the gate.
   */
  @Test
  void onlyWhatDiffersFromTheDefaultsIsKept() {
    assertThat(new TreeMap<>(settings("nightly.gate.metric=auc").values()))
        .isEqualTo(
            new TreeMap<>(
                Map.ofEntries(
                    Map.entry("label", "clicked"),
                    Map.entry("source.options.sep", ";"),
                    Map.entry("train.metric", "auc"),
                    Map.entry("fields[0].name", "user"),
                    Map.entry("fields[0].column", "user"),
                    Map.entry("fields[0].transform", "none"),
                    Map.entry("fields[1].name", "price"),
                    Map.entry("fields[1].column", "price"),
                    Map.entry("fields[1].kind", "numeric"),
                    Map.entry("fields[1].transform", "log-squared"),
                    Map.entry("tables.item.key", "item"),
                    Map.entry("tables.item.column", "item"),
                    Map.entry("tables.item.fields[0].name", "genre"),
                    Map.entry("tables.item.fields[0].column", "genre"),
                    Map.entry("tables.item.fields[0].transform", "none"))));
  }
}
