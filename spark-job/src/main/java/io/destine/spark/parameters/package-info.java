/**
 * Access to parameters in tasks. In local mode tasks share the driver's parameters; on a cluster a
 * task requests the table rows that its rows use from the driver; each JVM reads a published model
 * as a whole. Knows nothing of gradients.
 */
package io.destine.spark.parameters;
