/**
 * Search for settings: the trials, their parallel and successive training runs, their stored
 * results, and the choice of the best one. Other packages encode and train.
 */
package io.destine.spark.tune;
