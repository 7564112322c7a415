package io.destine.spark.conf;

import io.destine.config.SettingProblem;
import java.util.Map;

/**
 * Which values get ids of their own.
 *
 * @param minCount training rows that a value must occur in
 * @param oovBuckets ids per field for the other values
 * @param maxValues most values of a field, the most frequent; 0 for no limit
 * @param maxValuesOf the same for single fields by name, in place of {@code maxValues}
 */
public record VocabularyConfig(
    int minCount, int oovBuckets, int maxValues, Map<String, Integer> maxValuesOf) {
  public VocabularyConfig {
    if (minCount < 1) {
      throw SettingProblem.must("vocabulary.min-count", "at least 1", minCount);
    }
    if (oovBuckets < 1) {
      throw SettingProblem.must("vocabulary.oov-buckets", "at least 1", oovBuckets);
    }
    if (maxValues < 0) {
      throw SettingProblem.must("vocabulary.max-values", "at least 0", maxValues);
    }
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
    return new VocabularyConfig(2, 1);
  }

  /** Most values of a field that get ids; {@link Integer#MAX_VALUE} without a limit. */
  public int mostValues(String field) {
    int most = maxValuesOf.getOrDefault(field, maxValues);
    return most == 0 ? Integer.MAX_VALUE : most;
  }
}
