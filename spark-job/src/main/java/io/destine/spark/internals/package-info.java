/**
 * The uses of Spark beyond its public interface: messages between driver and executors by the
 * library that Spark's own processes talk with, plans of queries, dictionaries of Parquet columns,
 * the metrics system, errors after which it ends a process, and methods of RDDs that other methods
 * of theirs call. Any version of Spark may change these. The only package that knows them; it knows
 * no other package of this project. Threads are here, too.
 */
package io.destine.spark.internals;
