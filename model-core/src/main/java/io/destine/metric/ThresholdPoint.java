package io.destine.metric;

/**
 * The selection of all rows with at least a given probability.
 *
 * @param threshold the probability
 * @param selected share of the rows' weight
 * @param recall share of the positives that are selected: the true positive rate
 * @param falsePositiveRate share of the negatives that are selected
 * @param precision share of positives among the selected rows
 */
public record ThresholdPoint(
    double threshold, double selected, double recall, double falsePositiveRate, double precision) {

  /** The harmonic mean of precision and recall. */
  public double f1() {
    double sum = precision + recall;
    return sum == 0 ? 0 : 2 * precision * recall / sum;
  }
}
