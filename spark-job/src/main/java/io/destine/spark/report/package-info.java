/**
 * The report of a nightly run as a record, and pages and metrics made of it and of other reports:
 * pure functions. Touches no file, no clock and no other package of the job; a part that a report
 * does not have is left out or said to be absent.
 */
package io.destine.spark.report;
