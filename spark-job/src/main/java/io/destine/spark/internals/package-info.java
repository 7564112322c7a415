/**
 * All uses of Spark beyond its public API: messages between driver and executors through Spark's
 * own network library, query plans, dictionaries of Parquet columns, the metrics system, errors
 * after which Spark ends a process, and RDD methods called by other RDD methods. Any version of
 * Spark may change these. No other package uses them, and this package uses no other package of the
 * project. It also contains a thread factory.
 */
package io.destine.spark.internals;
