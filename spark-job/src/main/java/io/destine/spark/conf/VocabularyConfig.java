package io.destine.spark.conf;

import io.destine.config.Check;
import io.destine.config.Components;
import io.destine.config.Meaning;
import io.destine.config.SettingProblem;
import java.math.BigDecimal;
import java.util.Map;

/**
 * Selects the values that get their own ids.
 *
 * @param maxValuesOf maximum number of values of single fields, by name, instead of {@code
 *     maxValues}
 * @param maxFrequencyOf maximum shares of single fields, by name, instead of {@code maxFrequency}
 */
public record VocabularyConfig(
    @Meaning(
            value =
                "minimum number of occurrences in the training rows for a value to get its own id",
            preset = "2")
        int minCount,
    @Meaning(value = "number of ids per field that all other values share", preset = "1")
        int oovBuckets,
    @Meaning(
            value = "maximum number of values of a field, the most frequent ones; 0 for no limit",
            preset = "0")
        int maxValues,
    Map<String, Integer> maxValuesOf,
    @Meaning(
            value =
                "a value of the log that occurs in more than this share of the training rows gets"
                    + " no id of its own",
            preset = "1.0")
        double maxFrequency,
    Map<String, Double> maxFrequencyOf) {
  public VocabularyConfig {
    Check.atLeast("vocabulary.min-count", 1, minCount);
    Check.atLeast("vocabulary.oov-buckets", 1, oovBuckets);
    Check.atLeast("vocabulary.max-values", 0, maxValues);
    Check.above("vocabulary.max-frequency", 0, maxFrequency);
    Check.upTo("vocabulary.max-frequency", 1, maxFrequency);
    maxValuesOf = Map.copyOf(maxValuesOf);
    maxFrequencyOf = Map.copyOf(maxFrequencyOf);
    maxValuesOf.forEach(
        (field, most) -> {
          if (most < 0) {
            throw SettingProblem.ofField(field, "max-values", "at least 0", most);
          }
        });
    maxFrequencyOf.forEach(
        (field, share) -> {
          if (!isShare(share)) {
            throw SettingProblem.ofField(field, "max-frequency", "above 0 and at most 1", share);
          }
        });
  }

  /** Settings without limits. */
  public VocabularyConfig(int minCount, int oovBuckets) {
    this(minCount, oovBuckets, 0, Map.of(), 1, Map.of());
  }

  /** Values that occur at least twice get ids, without a limit; one id for all others. */
  public static VocabularyConfig defaults() {
    return Components.defaults(VocabularyConfig.class);
  }

  /**
   * Maximum number of values of a field that get ids; {@link Integer#MAX_VALUE} without a limit.
   */
  public int mostValues(String field) {
    int most = maxValuesOf.getOrDefault(field, maxValues);
    return most == 0 ? Integer.MAX_VALUE : most;
  }

  /** True if values of some field can be too frequent for an id. */
  public boolean limitsFrequency() {
    return maxFrequency < 1 || maxFrequencyOf.values().stream().anyMatch(share -> share < 1);
  }

  /**
   * The maximum number of occurrences of a value of a field that gets an id.
   *
   * @param trainingRows of the log
   */
  public long mostOccurrences(String field, long trainingRows) {
    double share = maxFrequencyOf.getOrDefault(field, maxFrequency);
    return share == 1
        ? Long.MAX_VALUE
        : BigDecimal.valueOf(share).multiply(BigDecimal.valueOf(trainingRows)).longValue();
  }

  static boolean isShare(double share) {
    return share > 0 && share <= 1;
  }
}
