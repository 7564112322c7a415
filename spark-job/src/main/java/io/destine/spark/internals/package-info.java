/**
 * Uses of Spark's internals: messages between driver and executors through Spark's own network
 * library, query plans, dictionaries of Parquet columns, the metrics system, errors after which
 * Spark ends a process, and methods of RDDs and of SparkContext that Spark itself calls. Any
 * version of Spark may change these. No other package uses them; other packages use Catalyst's
 * rows, expressions and SQL parser, which are not part of Spark's public API either. This package
 * uses no other package of the project. It also contains a thread factory.
 */
package io.destine.spark.internals;
