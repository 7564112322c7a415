/**
 * The network as an estimator of Spark ML: {@link io.destine.spark.ml.DestineClassifier} is fitted
 * to a table and gives a {@link io.destine.spark.ml.DestineModel}, both of which stand in
 * pipelines, are tuned, saved and loaded as Spark's own. A layer over the library: it computes
 * nothing itself.
 */
package io.destine.spark.ml;
