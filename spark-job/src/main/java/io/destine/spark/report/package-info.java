/**
 * The report of a nightly run as a record, and pages and metrics generated from it and from other
 * reports, by pure functions. Uses no file, no clock and no other package of the job. A missing
 * part of a report is left out or shown as absent.
 */
package io.destine.spark.report;
