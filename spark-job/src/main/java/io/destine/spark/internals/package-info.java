/**
 * What is used of Spark beyond its public interface: plans of queries, dictionaries of Parquet
 * columns, the metrics system, errors after which it ends a process, and methods of RDDs that other
 * methods of theirs call. Any version of Spark may change these. The only package that knows them,
 * beside {@code channel} for messages; it knows no other package of this project.
 */
package io.destine.spark.internals;
