package io.destine.spark.conf;

/**
 * Which values get ids of their own.
 *
 * @param minCount training rows that a value must occur in
 * @param oovBuckets ids per field for the other values
 */
public record VocabularyConfig(int minCount, int oovBuckets) {
  public VocabularyConfig {
    if (minCount < 1) {
      throw new IllegalArgumentException(
          "vocabulary.min-count must be at least 1, got " + minCount);
    }
    if (oovBuckets < 1) {
      throw new IllegalArgumentException(
          "vocabulary.oov-buckets must be at least 1, got " + oovBuckets);
    }
  }

  /** Values that occur twice, one id for the others. */
  public static VocabularyConfig defaults() {
    return new VocabularyConfig(2, 1);
  }
}
