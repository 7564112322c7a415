package io.destine.kernel.vector;

import io.destine.config.Attention;
import io.destine.config.ModelConfig;
import io.destine.config.Residual;
import io.destine.config.Unary;

/**
 * The sizes of an interaction layer, and the positions of its numbers in the row of a field:
 * queries, keys, values and the residual, which is replaced by the mixed values.
 *
 * @param fields M
 * @param heads the D numbers of a query, a key or a value, by head
 * @param pairwise true with queries of the fields
 * @param centred true when these are centred over the fields
 * @param unary true with a unary term, whose line is number M
 * @param meanQuery true when the unary term has a query like the others, false when it is a linear
 *     score
 * @param rectified true when a ReLU is applied to queries, keys and values before attention
 * @param residual true with a residual and a ReLU in each layer
 * @param query first column of the queries
 * @param key first column of the keys
 * @param value first column of the values
 * @param mixed first column of the residual and of the mixed values
 */
record LayerShape(
    int fields,
    Columns heads,
    boolean pairwise,
    boolean centred,
    boolean unary,
    boolean meanQuery,
    boolean rectified,
    boolean residual,
    int query,
    int key,
    int value,
    int mixed) {

  static LayerShape of(ModelConfig config, int fields) {
    Columns heads = new Columns(config.heads(), config.headDim());
    int width = heads.padded();
    int key = config.hasPairwise() ? width : 0;
    int value = key + (config.hasKeys() ? width : 0);
    int mixed = value + width;
    return new LayerShape(
        fields,
        heads,
        config.hasPairwise(),
        config.hasPairwise() && config.attention() != Attention.PLAIN,
        config.hasUnary(),
        config.hasUnary() && config.unary() == Unary.MEAN_QUERY,
        config.reluBeforeAttention(),
        config.residual() == Residual.EACH_LAYER,
        config.hasPairwise() ? 0 : mixed + width,
        key,
        value,
        mixed);
  }

  /** True when queries or the unary query depend on the mean of the layer's input. */
  boolean usesMean() {
    return !rectified && (centred || meanQuery);
  }

  /** Number of columns of a row. */
  int columns() {
    return Math.max(query, mixed) + heads.padded();
  }

  /** The first line of attention weights. */
  int fromLine() {
    return pairwise ? 0 : fields;
  }

  /** End of the lines of attention weights, exclusive. */
  int toLine() {
    return fields + (unary ? 1 : 0);
  }

  /** End of the lines that have a query, exclusive. */
  int toQuery() {
    return fields + (meanQuery ? 1 : 0);
  }

  /** A block [M + 1, columns] of such rows. */
  LaneMatrix rows(Memory memory) {
    return LaneMatrix.reserve(memory, fields + 1, columns());
  }

  /** A block [M + 1, M] of attention weights. */
  LaneMatrix lines(Memory memory) {
    return LaneMatrix.reserve(memory, fields + 1, fields);
  }
}
