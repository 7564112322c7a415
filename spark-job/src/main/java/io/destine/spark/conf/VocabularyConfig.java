package io.destine.spark.conf;

import io.destine.config.Check;
import io.destine.config.Components;
import io.destine.config.Meaning;
import io.destine.config.SettingProblem;
import java.util.Map;

/**
 * Which values get ids of their own.
 *
 * @param maxValuesOf most values of single fields by name, in place of {@code maxValues}
 */
public record VocabularyConfig(
    @Meaning(value = "training rows a value must occur in", preset = "2") int minCount,
    @Meaning(value = "ids per field for all other values", preset = "1") int oovBuckets,
    @Meaning(value = "most values of a field, the most frequent; 0 for no limit", preset = "0")
        int maxValues,
    Map<String, Integer> maxValuesOf) {
  public VocabularyConfig {
    Check.atLeast("vocabulary.min-count", 1, minCount);
    Check.atLeast("vocabulary.oov-buckets", 1, oovBuckets);
    Check.atLeast("vocabulary.max-values", 0, maxValues);
    maxValuesOf = Map.copyOf(maxValuesOf);
    maxValuesOf.forEach(
        (field, most) -> {
          if (most < 0) {
            throw SettingProblem.ofField(field, "max-values", "at least 0", most);
          }
        });
  }

  /** No limits. */
  public VocabularyConfig(int minCount, int oovBuckets) {
    this(minCount, oovBuckets, 0, Map.of());
  }

  /** Values that occur twice, however many, one id for the others. */
  public static VocabularyConfig defaults() {
    return Components.defaults(VocabularyConfig.class);
  }

  /** Most values of a field that get ids; {@link Integer#MAX_VALUE} without a limit. */
  public int mostValues(String field) {
    int most = maxValuesOf.getOrDefault(field, maxValues);
    return most == 0 ? Integer.MAX_VALUE : most;
  }
}
