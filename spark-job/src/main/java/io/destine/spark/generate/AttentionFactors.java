package io.destine.spark.generate;

import java.io.Serializable;

/**
 * The sharpness of a teacher's attention.
 *
 * @param pairwise t, the factor of pairwise logits
 * @param unary t', the factor of unary logits
 */
record AttentionFactors(double pairwise, double unary) implements Serializable {
  /** Factors that leave the logits of the matrices unscaled. */
  static final AttentionFactors ONE = new AttentionFactors(1, 1);
}
