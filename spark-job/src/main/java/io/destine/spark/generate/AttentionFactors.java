package io.destine.spark.generate;

import java.io.Serializable;

/**
 * How sharp the attention of a teacher is.
 *
 * @param pairwise t, the factor of pairwise logits
 * @param unary t', the factor of unary logits
 */
record AttentionFactors(double pairwise, double unary) implements Serializable {
  /** Logits as the matrices make them. */
  static final AttentionFactors ONE = new AttentionFactors(1, 1);
}
