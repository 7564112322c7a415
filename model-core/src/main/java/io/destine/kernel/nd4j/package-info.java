/**
 * The reference kernel: the network as operations on whole arrays, forward beside backward, to be
 * read beside its equations, which classes name by these numbers. For each row of the batch, each
 * layer with input x (the embeddings e, then the previous layer's output) and each head:
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
 * <p>{@link io.destine.kernel.nd4j.Queries} and {@link io.destine.kernel.nd4j.AttentionLayer} are
 * (1) to (8), {@link io.destine.kernel.nd4j.InteractionTerm} is (9) and (10); they say how options
 * change these and which forms are equal but cheaper. {@link io.destine.kernel.nd4j.Network} adds
 * the other terms of the logit.
 *
 * <p>Shape letters: B rows of the batch, M fields, d embedding dimension, H heads, c head
 * dimension, D = H * c attention width. df is the gradient of the summed loss by f, of f's shape. A
 * method that takes dx adds to it, since x may go several ways.
 *
 * <p>Each pass allocates its arrays. In ND4J element-wise operations are fast on contiguous arrays
 * and broadcasts, some ten times slower on two strided views of equal shape.
 */
package io.destine.kernel.nd4j;
