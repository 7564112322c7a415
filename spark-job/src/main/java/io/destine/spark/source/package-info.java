/**
 * Reads source tables: files and catalog tables with their snapshots, schema check, parsing of
 * labels and weights, split rules, the limit on bad rows. Does not write the quarantine.
 */
package io.destine.spark.source;
