package io.destine.spark.ml;

import java.io.Serializable;
import scala.runtime.AbstractFunction1;

/** Checks thresholds: one for each label, non-negative, and at least one above 0. */
final class ThresholdCheck extends AbstractFunction1<double[], Object> implements Serializable {
  private static final long serialVersionUID = 1;

  @Override
  public Object apply(double[] thresholds) {
    return thresholds.length == 2
        && thresholds[0] >= 0
        && thresholds[1] >= 0
        && thresholds[0] + thresholds[1] > 0;
  }
}
