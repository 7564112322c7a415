/** Applies a published model to a source table: probabilities of its rows, and their metrics. */
package io.destine.spark.predict;
