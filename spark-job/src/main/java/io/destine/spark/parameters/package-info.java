/**
 * Access to parameters in tasks. In local mode tasks share the driver's parameters; on a cluster a
 * task requests the table rows that its rows use from their owners, the driver or executors, and
 * sends the gradient sums of these rows to them. Each JVM reads a published model as a whole.
 */
package io.destine.spark.parameters;
