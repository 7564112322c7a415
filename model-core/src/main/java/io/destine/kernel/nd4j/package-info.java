/**
 * The ND4J kernel: the equations of the network as operations on whole batches, forward beside
 * backward. Native memory lives in {@link io.destine.kernel.nd4j.Scratch} and {@link
 * io.destine.kernel.nd4j.DenseStore}; nothing here knows of optimisers or of Spark.
 *
 * <p>Shape letters: B rows of the batch, M fields, d embedding dimension, H heads, c head
 * dimension, D = H * c attention width.
 *
 * <p>What is fast in ND4J decides the form of the code: products of {@link
 * io.destine.kernel.nd4j.RowMajorMatrix}, batched products over strided head views, element-wise
 * operations on contiguous arrays, and broadcasts over the field axis. Element-wise operations on
 * two strided views of equal shape are some ten times slower and do not occur.
 */
package io.destine.kernel.nd4j;
