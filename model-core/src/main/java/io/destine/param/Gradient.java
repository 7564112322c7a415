package io.destine.param;

/**
 * The gradient of a summed loss over some rows: dense, and for the K touched ids their rows of the
 * tables. What an optimiser takes. Divide by {@link #weight()} for the gradient of the mean loss.
 * Immutable by convention: arrays are shared.
 */
public final class Gradient {
  private final double[] dense;
  private final double[] statistics;
  private final int[] ids;
  private final double[] embedding;
  private final double[] wide;
  private final double loss;
  private final double weight;
  private final long rows;

  /**
   * A gradient over the given arrays.
   *
   * @param dense in the layout's order
   * @param statistics batch statistics times rows, in the layout's order
   * @param ids [K] touched ids, ascending
   * @param embedding [K, d]
   * @param wide [K], or null when the model has no wide part
   * @param loss weighted sum of losses
   * @param weight sum of weights
   * @param rows number of rows
   */
  public Gradient(
      double[] dense,
      double[] statistics,
      int[] ids,
      double[] embedding,
      double[] wide,
      double loss,
      double weight,
      long rows) {
    this.dense = dense;
    this.statistics = statistics;
    this.ids = ids;
    this.embedding = embedding;
    this.wide = wide;
    this.loss = loss;
    this.weight = weight;
    this.rows = rows;
  }

  public double[] dense() {
    return dense;
  }

  public double[] statistics() {
    return statistics;
  }

  /** [K] touched ids, ascending. */
  public int[] ids() {
    return ids;
  }

  /** [K, d] gradient of the touched embeddings. */
  public double[] embedding() {
    return embedding;
  }

  /** [K] gradient of the touched first-order weights, or null. */
  public double[] wide() {
    return wide;
  }

  /** Weighted sum of losses. */
  public double loss() {
    return loss;
  }

  /** Sum of weights. */
  public double weight() {
    return weight;
  }

  /** Number of rows. */
  public long rows() {
    return rows;
  }

  /** Weighted mean of the losses. */
  public double meanLoss() {
    return loss / weight;
  }
}
