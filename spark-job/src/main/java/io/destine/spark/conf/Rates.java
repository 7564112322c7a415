package io.destine.spark.conf;

/** Which label rates are fields, {@link io.destine.feature.LabelRate}. */
public enum Rates {
  /** None. */
  NONE,
  /** Those of all crosses. */
  CROSSES,
  /** Those of all crosses, and of all fields that have a vocabulary and one value per row. */
  ALL
}
