package io.destine.train;

import io.destine.config.Metric;

/**
 * What training has to know of an evaluation on the validation rows.
 *
 * @param auc area under the ROC curve; NaN when the labels have one class only
 * @param logLoss mean log loss
 * @param lowest smallest predicted probability
 * @param highest largest predicted probability
 */
public record Validation(double auc, double logLoss, double lowest, double highest) {

  /** The value of a metric. */
  public double value(Metric metric) {
    return metric == Metric.AUC ? auc : logLoss;
  }

  /** True when all rows have the same probability: the network has collapsed. */
  public boolean constant() {
    return lowest == highest;
  }
}
