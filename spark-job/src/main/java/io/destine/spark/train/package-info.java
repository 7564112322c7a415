/**
 * Training on Spark: the synchronous step (one treeAggregate of gradient sums, then the optimiser,
 * in the driver and in the executors that own table rows), checkpoints, the written model and its
 * report.
 */
package io.destine.spark.train;
