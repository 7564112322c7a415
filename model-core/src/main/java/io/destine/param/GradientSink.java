package io.destine.param;

/**
 * Takes the gradient of the summed loss of some rows, piece by piece; pieces of the same element
 * add up. Float and double forms are the same operation at a kernel's own precision. One thread.
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
   * the same sum as one call an id, in less time. Ids may repeat.
   *
   * @param values the first id's d numbers start at {@code at}, each next id's {@code stride} later
   */
  default void addEmbeddings(int[] ids, int from, int n, float[] values, int at, int stride) {
    for (int i = 0; i < n; i++) {
      addEmbedding(ids[from + i], values, at + i * stride);
    }
  }

  /**
   * Adds to the gradient of the first-order weight of {@code id}; its embedding must have been
   * added to before.
   */
  void addWide(int id, double value);

  /**
   * Adds the same number to the gradients of the first-order weights of {@code n} ids, from {@code
   * from} on, whose embeddings must have been added to before.
   */
  default void addWide(int[] ids, int from, int n, double value) {
    for (int i = 0; i < n; i++) {
      addWide(ids[from + i], value);
    }
  }

  /**
   * Adds batch statistics multiplied by the number of rows they were taken over, in the layout's
   * order.
   */
  void addStatistics(double[] timesRows);

  /**
   * Adds the loss of some rows.
   *
   * @param loss weighted sum of their losses
   * @param weight sum of their weights
   * @param rows their number
   */
  void addLoss(double loss, double weight, long rows);
}
