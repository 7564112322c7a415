/**
 * Exact evaluation on a cluster: the metrics of {@link io.destine.metric} over scored rows,
 * bit-identical for any partitioning. Does not know the source of the logits.
 */
package io.destine.spark.evaluate;
