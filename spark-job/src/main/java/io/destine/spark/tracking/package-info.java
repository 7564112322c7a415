/**
 * Trainings as MLflow and TensorBoard show them while they run. Calls return at once and never
 * fail: the work is done in threads of its own.
 */
package io.destine.spark.tracking;
