/**
 * Encodes tables into data sets: fitted fields, a sharded vocabulary, and blocks of rows whose
 * content does not depend on the cluster.
 */
package io.destine.spark.encode;
