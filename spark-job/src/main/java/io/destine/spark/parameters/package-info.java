/**
 * Parameters where tasks compute. In local mode tasks share the driver's; on a cluster a task asks
 * the driver for the rows of the tables that its rows of data use; a published model is read whole
 * by each JVM. Knows nothing of gradients.
 */
package io.destine.spark.parameters;
