/** Versions of Spark. */
package io.destine.spark.compat;
