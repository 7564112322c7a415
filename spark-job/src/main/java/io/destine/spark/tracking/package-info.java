/**
 * Reports training runs in progress to MLflow and TensorBoard. Calls return immediately and never
 * fail: separate threads do the work.
 */
package io.destine.spark.tracking;
