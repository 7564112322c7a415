/**
 * Search for settings: which trials there are, their trainings side by side and one after the
 * other, what is kept of them, and which one is the best. How to encode and train is other
 * packages'.
 */
package io.destine.spark.tune;
