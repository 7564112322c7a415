/**
 * The synchronous step on Spark: one treeAggregate of gradient sums, then the driver's optimiser.
 */
package io.destine.spark.train;
