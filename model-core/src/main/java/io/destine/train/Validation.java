package io.destine.train;

import io.destine.config.Metric;

/**
 * The results of an evaluation on the validation rows.
 *
 * @param auc area under the ROC curve; NaN when one class has no weight
 * @param logLoss mean log loss; NaN when no row has a weight
 * @param lowest smallest predicted probability
 * @param highest largest predicted probability
 * @param collapsed true when all rows have the same prediction although their inputs differ
 * @param averaged true when the results are those of the parameters' average
 */
public record Validation(
    double auc,
    double logLoss,
    double lowest,
    double highest,
    boolean collapsed,
    boolean averaged) {

  /** Results of the parameters themselves. */
  public Validation(double auc, double logLoss, double lowest, double highest, boolean collapsed) {
    this(auc, logLoss, lowest, highest, collapsed, false);
  }

  /** The same results, for the parameters' average. */
  Validation ofAverage() {
    return new Validation(auc, logLoss, lowest, highest, collapsed, true);
  }

  /** The value of a metric. */
  public double value(Metric metric) {
    return metric == Metric.AUC ? auc : logLoss;
  }
}
