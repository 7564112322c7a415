/**
 * Parameters on executors: each JVM holds one replica, shared by its tasks, that a step brings up
 * to date with the table rows that changed. Knows nothing of gradients.
 */
package io.destine.spark.replica;
