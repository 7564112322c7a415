/**
 * Exact evaluation on a cluster: the metrics of {@link io.destine.metric} over scored rows, with
 * the same bits for any partitioning. Does not know where the logits come from.
 */
package io.destine.spark.evaluate;
