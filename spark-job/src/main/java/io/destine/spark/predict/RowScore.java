package io.destine.spark.predict;

/** The kind of the score of a row. */
public enum RowScore {
  /** The probability that the label is 1; none for a row that cannot be read. */
  PROBABILITY,
  /** The logit of this probability; none for a row that cannot be read. */
  LOGIT,
  /** The logit of this probability; a row that cannot be read fails the task. */
  REQUIRED_LOGIT
}
