package io.destine.spark.generate;

/** The unscaled interaction part of a teacher's logit. */
interface Interaction {
  /**
   * The interaction part for one row.
   *
   * @param x vectors of its values, minus the means of their fields: [M][{@value ValueParts#RANK}]
   */
  double of(double[][] x);
}
