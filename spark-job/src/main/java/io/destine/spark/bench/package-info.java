/** Measures training steps on Spark with made-up data. */
package io.destine.spark.bench;
