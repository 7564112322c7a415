package io.destine.predict;

import java.util.List;

/**
 * What a network looked at in one row.
 *
 * @param probability that the label is 1
 * @param fields names, in order
 * @param heads attention of each head, layer by layer
 */
public record RowExplanation(double probability, List<String> fields, List<Head> heads) {

  /**
   * Attention weights of a head.
   *
   * @param layer counted from 1
   * @param head counted from 1
   * @param pairwise [M][M] weight p(m, n) that field m gives to field n, each line sums to 1; null
   *     when the network has no pairwise term
   * @param unary [M] weight u(n) that field n has for all fields, which sum to 1; null when the
   *     network has no unary term
   */
  public record Head(int layer, int head, float[][] pairwise, float[] unary) {}
}
