/**
 * The vector kernel: the network's forward and backward in plain arrays with the JDK's vector
 * instructions. {@link io.destine.kernel.vector.Lanes} says how rows lie in vectors, {@link
 * io.destine.kernel.vector.Product} plans the products, {@link io.destine.kernel.vector.Strips} are
 * their innermost loops. Everything lives in one array, {@link io.destine.kernel.vector.Memory},
 * and is planned when the kernel is made: a pass over rows allocates nothing.
 *
 * <p>Shape letters: B rows of the batch, M fields, d embedding dimension, H heads, c head
 * dimension, D = H * c attention width.
 */
package io.destine.kernel.vector;
