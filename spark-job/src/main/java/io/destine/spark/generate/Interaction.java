package io.destine.spark.generate;

/** The part of a teacher's logit that values make together, not scaled. */
interface Interaction {
  /**
   * The part for one row.
   *
   * @param x vectors of its values, less their fields' means: [M][{@value ValueParts#RANK}]
   */
  double of(double[][] x);
}
