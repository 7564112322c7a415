/**
 * Applies a published model to a source table: probabilities of its rows, their metrics, and
 * explanations. Also the model's embeddings as a table, and the differences between two models.
 */
package io.destine.spark.predict;
