package io.destine.optim;

import java.util.Arrays;

/**
 * The coefficients of the steps since a start, needed to apply skipped steps to a row later. Steps
 * are counted from 1, including those of the model that the run starts from.
 */
final class StepHistory {
  private final UpdateRule rule;
  private final double rate;
  private double[][] coefficients = new double[1024][];
  private int first;
  private int last;

  /**
   * A history whose next step follows {@code last}.
   *
   * @param rate the factor of the learning rate of a step
   */
  StepHistory(UpdateRule rule, double rate, int last) {
    this.rule = rule;
    this.rate = rate;
    first = last;
    this.last = last;
  }

  /** Adds the next step. */
  void append(double learningRate) {
    if (last - first == coefficients.length) {
      coefficients = Arrays.copyOf(coefficients, 2 * coefficients.length);
    }
    coefficients[last - first] = rule.coefficients(rate * learningRate, last + 1L);
    last++;
  }

  /** Removes all steps so far, when no row needs them any more. */
  void forget() {
    Arrays.fill(coefficients, 0, last - first, null);
    first = last;
  }

  double[] coefficients(int step) {
    return coefficients[step - 1 - first];
  }

  /** The number of the last step. */
  int last() {
    return last;
  }
}
