/**
 * The synchronous step on Spark: one treeAggregate of gradient sums, then the optimiser in the
 * driver and, where executors own table rows, there.
 */
package io.destine.spark.train;
