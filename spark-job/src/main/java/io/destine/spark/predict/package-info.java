/** A published model at work on a source table: probabilities of its rows, and metrics of them. */
package io.destine.spark.predict;
