package io.destine.kernel.vector;

/** Where the unary line of a layer comes from. */
interface UnaryPart {
  /** Fills the unary query, before queries meet keys. */
  void query(float[] s);

  /** Fills the unary logits, after queries have met keys. */
  void logits(float[] s);

  /** Before the gradient of the input is computed: adds the gradients of its weights. */
  void backward(float[] s, int bank);

  /** Adds to dx what the part depends on it beyond its mean. */
  void addInputGradient(float[] s);
}
