/** Scoring with a trained model in one process, without Spark: probabilities of rows. */
package io.destine.predict;
