/**
 * The vector kernel: the network's forward and backward in plain arrays with the JDK's vector
 * instructions. {@link io.destine.kernel.vector.Lanes} defines the layout of rows in vectors,
 * {@link io.destine.kernel.vector.Product} plans the products, and {@link
 * io.destine.kernel.vector.Strips} has their innermost loops. Nearly all data is in one array,
 * {@link io.destine.kernel.vector.Memory}, and is laid out when the kernel is created: a pass over
 * rows allocates nothing.
 *
 * <p>Shape letters: B rows of the batch, M fields, d embedding dimension, H heads, c head
 * dimension, D = H * c attention width.
 */
package io.destine.kernel.vector;
