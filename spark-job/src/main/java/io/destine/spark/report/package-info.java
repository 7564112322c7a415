/**
 * The pages and metrics of a nightly run: pure functions from the run's report, a JSON object, to a
 * page and to metrics. Touches no file, no clock and no other package of the job; a part that the
 * report does not hold is left out or said to be absent.
 */
package io.destine.spark.report;
