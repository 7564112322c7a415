package io.destine.param;

/**
 * Receives the gradient of the summed loss of some rows, in pieces; pieces for the same element are
 * added. Float and double methods are the same operation at the kernel's precision. Not
 * thread-safe.
 */
public interface GradientSink {

  /** Adds {@code n} numbers to the dense gradient from {@code offset} of the flat array on. */
  void addDense(int offset, float[] values, int from, int n);

  /** Adds {@code n} numbers to the dense gradient from {@code offset} of the flat array on. */
  void addDense(int offset, double[] values, int from, int n);

  /** Adds d numbers, from {@code from} on, to the gradient of the embedding of {@code id}. */
  void addEmbedding(int id, float[] values, int from);

  /** Adds d numbers, from {@code from} on, to the gradient of the embedding of {@code id}. */
  void addEmbedding(int id, double[] values, int from);

  /**
   * Adds to the gradients of the embeddings of {@code n} ids, from {@code from} on, in their order:
   * the same sum as one call per id, in less time. Ids may repeat.
   *
   * @param values the first id's d numbers start at {@code at}, those of each next id {@code
   *     stride} later
   */
  default void addEmbeddings(int[] ids, int from, int n, float[] values, int at, int stride) {
    for (int i = 0; i < n; i++) {
      addEmbedding(ids[from + i], values, at + i * stride);
    }
  }

  /**
   * Adds to the gradient of the first-order weight of {@code id}; the gradient of its embedding
   * must have been added before.
   */
  void addWide(int id, double value);

  /**
   * Adds the same number to the gradients of the first-order weights of {@code n} ids, from {@code
   * from} on, after the gradients of their embeddings.
   */
  default void addWide(int[] ids, int from, int n, double value) {
    for (int i = 0; i < n; i++) {
      addWide(ids[from + i], value);
    }
  }

  /** Adds batch statistics, multiplied by their number of rows, in the layout's order. */
  void addStatistics(double[] timesRows);

  /**
   * Adds the loss of some rows.
   *
   * @param loss weighted sum of their losses
   * @param weight sum of their weights
   * @param rows number of rows
   */
  void addLoss(double loss, double weight, long rows);
}
