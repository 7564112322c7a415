/**
 * From checked rows to the encoded data set: fitted fields, the distributed vocabulary, and rows in
 * logical partitions whose content does not depend on the cluster.
 */
package io.destine.spark.encode;
