/** Probabilities of raw records, without Spark. */
package io.destine.predict;
