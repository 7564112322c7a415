/**
 * Reads source tables into checked rows: reading, schema check, parsing of labels and weights,
 * splits, quarantine.
 */
package io.destine.spark.source;
