package io.destine.kernel.nd4j;

/**
 * The unary term's part of the attention logits: the same for every query of a row and head. An
 * implementation fills its line before or after queries meet keys, and carries the line's gradient
 * back to the layer's input.
 */
interface UnaryTerm {

  /** Fills what it owns from the layer's input x [B, M, in]. */
  void forward(FieldBlock x);

  /** Adds the gradients of its parameters, and to dx [B, M, in] that of x. */
  void backward(FieldBlock x, FieldBlock dx);
}
