package io.destine.kernel.nd4j;

/**
 * The step from attention weights and values to a layer's sums over the fields, and its gradients:
 *
 * <pre>
 *   z_m = sum_n a(m, n) v_n       a(m, n) = p(m, n) + u(n), as far as the layer has these terms
 * </pre>
 *
 * Weights come as T lines per row and head: p, then u.
 */
interface Mixing {

  /** Sets z [B, M, D] from weights [B, H, T, M] and values [B, M, D]. */
  void forward(ScoreBlock weights, FieldBlock values, FieldBlock z);

  /**
   * Sets the gradients of weights and values from that of z.
   *
   * @param dz [B, M, D]
   * @param dweights [B, H, T, M]
   * @param dvalues [B, M, D]
   */
  void backward(
      FieldBlock dz,
      ScoreBlock weights,
      FieldBlock values,
      ScoreBlock dweights,
      FieldBlock dvalues);
}
