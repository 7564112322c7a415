/** Which versions of Spark the job runs on. */
package io.destine.spark.compat;
