/**
 * The reference kernel: the network as operations on whole arrays, with forward and backward in the
 * same class. The classes follow these equations and refer to them by number. For each row of the
 * batch, each layer with input x (the embeddings e, then the previous layer's output) and each
 * head:
 *
 * <pre>
 *   q_m = Wq x_m     k_n = Wk x_n     v_n = Wv x_n                  (1)(2)(6)
 *   a(m,n) = p(m,n) + u(n)                                          (3)
 *   p(m,n) = softmax_n((q_m - mean_m q_m) . (k_n - mean_n k_n))     (4)
 *   u(n)   = softmax_n(mean_m(W'q x_m) . k_n)                       (5)
 *   z_m    = sum_n a(m,n) v_n, heads side by side                   (7)(8)
 *   out_m  = max(z_m + Wr x_m, 0)                                   (9)
 *   logit  = w . [out_1; ...; out_M] + b                            (10)
 * </pre>
 *
 * <p>{@link io.destine.kernel.nd4j.Queries} and {@link io.destine.kernel.nd4j.AttentionLayer}
 * implement (1) to (8), {@link io.destine.kernel.nd4j.InteractionTerm} (9) and (10); they describe
 * how options change these, and which equivalent but cheaper forms are used. {@link
 * io.destine.kernel.nd4j.Network} adds the other terms of the logit.
 *
 * <p>Shape letters: B rows of the batch, M fields, d embedding dimension, H heads, c head
 * dimension, D = H * c attention width. df is the gradient of the summed loss with respect to f,
 * with f's shape. A method with an argument dx adds to it, since x may have several uses.
 *
 * <p>Each pass allocates its arrays. In ND4J element-wise operations are fast on contiguous arrays
 * and broadcasts, but about ten times slower on two strided views of equal shape.
 */
package io.destine.kernel.nd4j;
