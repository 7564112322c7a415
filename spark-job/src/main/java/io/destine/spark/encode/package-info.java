/**
 * From tables to the encoded data set: fitted fields, a vocabulary in shards, and rows in blocks
 * whose content does not depend on the cluster.
 */
package io.destine.spark.encode;
