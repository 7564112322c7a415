/** A trained model at work in one process, without Spark: probabilities of rows. */
package io.destine.predict;
