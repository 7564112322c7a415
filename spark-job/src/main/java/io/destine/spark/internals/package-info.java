/**
 * Uses of Spark's internals: messages between driver and executors through Spark's own network
 * library, query plans, dictionaries of Parquet columns, the metrics system, errors after which
 * Spark ends a process, and methods of RDDs and of SparkContext that Spark itself calls. Any
 * version of Spark may change these. Other packages use few parts outside Spark's public API, such
 * as Catalyst's rows, expressions and SQL parser, and the list of executors. This package uses no
 * other package of the project. It also contains a thread factory.
 */
package io.destine.spark.internals;
