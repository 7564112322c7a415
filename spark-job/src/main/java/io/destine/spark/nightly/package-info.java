/**
 * Retraining that runs every night without anyone watching: input check, forecast, candidate, gate,
 * publication, history. Decides; how to encode, train, evaluate and store is other packages'.
 */
package io.destine.spark.nightly;
