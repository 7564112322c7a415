package io.destine.spark.conf;

/** Which label rates are fields, {@link io.destine.feature.LabelRate}. */
public enum Rates {
  /** Those of all crosses when the search has found one of few training rows a value. */
  AUTO,
  /** None. */
  NONE,
  /** Those of all crosses. */
  CROSSES,
  /** Those of all crosses, and of all fields that have a vocabulary and one value per row. */
  ALL
}
