/** Exact metrics as mergeable accumulators: AUC, PR-AUC, log loss, calibration, AUC by group. */
package io.destine.metric;
