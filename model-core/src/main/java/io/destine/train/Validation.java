package io.destine.train;

import io.destine.config.Metric;

/**
 * What training has to know of an evaluation on the validation rows.
 *
 * @param auc area under the ROC curve; NaN when one class has no weight
 * @param logLoss mean log loss; NaN when no row has a weight
 * @param lowest smallest predicted probability
 * @param highest largest predicted probability
 * @param collapsed true when all rows have the same prediction although the network could tell them
 *     apart
 */
public record Validation(
    double auc, double logLoss, double lowest, double highest, boolean collapsed) {

  /** The value of a metric. */
  public double value(Metric metric) {
    return metric == Metric.AUC ? auc : logLoss;
  }
}
