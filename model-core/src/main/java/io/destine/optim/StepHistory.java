package io.destine.optim;

import java.util.Arrays;

/**
 * Learning rate and coefficients of every step so far, counted from 1: what making up for a step
 * needs.
 */
final class StepHistory {
  private final UpdateRule rule;
  private double[] rates = new double[1024];
  private double[][] coefficients = new double[1024][];
  private int size;

  StepHistory(UpdateRule rule) {
    this.rule = rule;
  }

  /** Adds the next step. */
  void append(double rate) {
    if (size == rates.length) {
      rates = Arrays.copyOf(rates, 2 * size);
      coefficients = Arrays.copyOf(coefficients, 2 * size);
    }
    rates[size] = rate;
    coefficients[size] = rule.coefficients(rate, size + 1L);
    size++;
  }

  double[] coefficients(int step) {
    return coefficients[step - 1];
  }

  int size() {
    return size;
  }

  /** The learning rates in order of the steps. */
  double[] rates() {
    return Arrays.copyOf(rates, size);
  }
}
