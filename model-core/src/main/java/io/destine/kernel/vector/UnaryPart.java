package io.destine.kernel.vector;

/** The source of the unary line of a layer. */
interface UnaryPart {
  /** Computes the unary query, before the products of queries and keys. */
  void query(float[] s);

  /** Computes the unary logits, after the products of queries and keys. */
  void logits(float[] s);

  /** Adds the gradients of this part's weights, before the gradient of the input is computed. */
  void backward(float[] s, int bank);

  /** Adds this part's gradient with respect to x to dx, except through the mean of x. */
  void addInputGradient(float[] s);
}
