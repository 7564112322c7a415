package io.destine.kernel.nd4j;

import io.destine.config.Attention;
import io.destine.config.ModelConfig;
import io.destine.config.Unary;

/**
 * The sizes of an interaction layer over a batch.
 *
 * @param rows B
 * @param fields M
 * @param heads H
 * @param headDim c
 * @param pairwise queries of the pairwise term: M, or 0 without it
 * @param meanQuery queries of the unary term that meet the keys: 1 for a mean query, otherwise 0
 * @param linear weights of the unary term that come from a linear score: 1 or 0
 */
record Nd4jLayerShape(
    int rows, int fields, int heads, int headDim, int pairwise, int meanQuery, int linear) {

  static Nd4jLayerShape of(ModelConfig config, int rows, int fields) {
    boolean mean = config.hasUnary() && config.unary() == Unary.MEAN_QUERY;
    boolean linear = config.hasUnary() && config.unary() == Unary.LINEAR;
    return new Nd4jLayerShape(
        rows,
        fields,
        config.heads(),
        config.headDim(),
        config.attention() == Attention.UNARY ? 0 : fields,
        mean ? 1 : 0,
        linear ? 1 : 0);
  }

  /** D = H * c. */
  int width() {
    return heads * headDim;
  }

  /** R, the query vectors of a row: the pairwise ones, then the unary one. */
  int queries() {
    return pairwise + meanQuery;
  }

  /** T, the lines of weights of a row and head: the pairwise ones, then the unary one. */
  int lines() {
    return pairwise + meanQuery + linear;
  }

  boolean hasUnary() {
    return meanQuery + linear > 0;
  }
}
