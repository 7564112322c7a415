/**
 * The network as an estimator of Spark ML: {@link io.destine.spark.ml.DestineClassifier} is fitted
 * to a table and returns a {@link io.destine.spark.ml.DestineModel}; both can be used in pipelines,
 * tuned, saved and loaded like Spark's own. A layer over the library: it computes nothing itself.
 */
package io.destine.spark.ml;
