package io.destine.spark.conf;

/** The label rates ({@link io.destine.feature.LabelRate}) that are additional fields. */
public enum Rates {
  /** None. */
  NONE,
  /** Label rates of all crosses. */
  CROSSES,
  /** Label rates of all crosses, and of all fields with a vocabulary and one value per row. */
  ALL
}
