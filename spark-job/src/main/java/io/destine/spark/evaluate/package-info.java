/**
 * Exact evaluation on a cluster: the metrics of {@link io.destine.metric} over scored rows,
 * bit-identical for any partitioning; and {@link ScoreTask}, which computes the logits of encoded
 * rows in tasks. The metrics do not depend on the source of the logits.
 */
package io.destine.spark.evaluate;
