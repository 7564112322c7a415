/**
 * The command line: reads options and configuration, builds the session, calls one capability, maps
 * results to exit codes.
 */
package io.destine.spark.app;
