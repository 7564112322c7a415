/**
 * Messages between driver and executors, and answers, by the library that Spark's own processes
 * talk with. The only package that knows it; it is no public API of Spark, and a test holds what is
 * used of it.
 */
package io.destine.spark.channel;
