package io.destine.optim;

import java.util.Arrays;

/** The learning rate of every step so far, counted from 1. */
final class LearningRates {
  private double[] rates = new double[1024];
  private int size;

  void append(double rate) {
    if (size == rates.length) {
      rates = Arrays.copyOf(rates, 2 * size);
    }
    rates[size++] = rate;
  }

  double at(int step) {
    return rates[step - 1];
  }

  int size() {
    return size;
  }

  double[] toArray() {
    return Arrays.copyOf(rates, size);
  }
}
