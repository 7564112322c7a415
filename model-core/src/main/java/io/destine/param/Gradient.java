package io.destine.param;

/**
 * The gradient of a loss summed over some rows: of the dense tensors, and of the table rows of the
 * K touched ids. It is the input of an optimiser. Divide by {@link #weight()} for the gradient of
 * the mean loss. Immutable by convention: arrays are shared, and those of table rows may be read
 * from the sums from which it was created.
 */
public final class Gradient {
  private final double[] dense;
  private final double[] statistics;
  private final int[] ids;
  private final int d;
  private final TableGradient embedding;
  private final TableGradient wide;
  private final double loss;
  private final double weight;
  private final long rows;

  /**
   * A gradient whose table rows are computed when they are read.
   *
   * @param dense in the layout's order
   * @param statistics batch statistics times rows, in the layout's order
   * @param ids [K] touched ids, ascending
   * @param d embedding dimension
   * @param embedding [K, d]
   * @param wide [K, 1], or null when the model has no wide part
   * @param loss weighted sum of losses
   * @param weight sum of weights
   * @param rows number of rows
   */
  public Gradient(
      double[] dense,
      double[] statistics,
      int[] ids,
      int d,
      TableGradient embedding,
      TableGradient wide,
      double loss,
      double weight,
      long rows) {
    this.dense = dense;
    this.statistics = statistics;
    this.ids = ids;
    this.d = d;
    this.embedding = embedding;
    this.wide = wide;
    this.loss = loss;
    this.weight = weight;
    this.rows = rows;
  }

  /**
   * A gradient over the given arrays.
   *
   * @param embedding [K, d]
   * @param wide [K], or null when the model has no wide part
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
    this(
        dense,
        statistics,
        ids,
        embedding.length / Math.max(1, ids.length),
        TableGradient.of(embedding, embedding.length / Math.max(1, ids.length)),
        wide == null ? null : TableGradient.of(wide, 1),
        loss,
        weight,
        rows);
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
  public TableGradient embeddingRows() {
    return embedding;
  }

  /** [K, 1] gradient of the touched first-order weights, or null. */
  public TableGradient wideRows() {
    return wide;
  }

  /** [K, d] gradient of the touched embeddings, all in a new array. */
  public double[] embedding() {
    return all(embedding, d);
  }

  /** [K] gradient of the touched first-order weights in a new array, or null. */
  public double[] wide() {
    return wide == null ? null : all(wide, 1);
  }

  private double[] all(TableGradient rows, int width) {
    double[] values = new double[Math.multiplyExact(ids.length, width)];
    rows.read(0, ids.length, values);
    return values;
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
