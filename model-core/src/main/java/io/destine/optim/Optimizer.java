package io.destine.optim;

import io.destine.param.Gradient;

/**
 * Moves parameters against a gradient, with a state for them (moments, accumulators, steps of table
 * rows). Table rows move lazily: a step costs time for those that its batch touched, whatever the
 * size of the table. One thread, where nothing else is said.
 */
public interface Optimizer {

  /**
   * One step with the gradient of the mean loss, {@code gradient / gradient.weight()}, clipped, and
   * with the running statistics that came with it.
   *
   * @param learningRate of this step
   */
  void step(Gradient gradient, double learningRate);

  /**
   * One step with a gradient that is multiplied by {@code scale}; it is not clipped.
   *
   * @param learningRate of this step
   */
  void step(Gradient gradient, double scale, double learningRate);

  /**
   * Brings table rows that steps have passed by up to date, such as before evaluation.
   *
   * @return true when table rows may have moved; false without decay
   */
  boolean catchUp();

  /**
   * Brings the table rows of the given ids up to date, before they are read for the next step; does
   * nothing without decay. In any thread, several at once, but not during the other calls.
   *
   * @param ids in any order, some of them perhaps several times
   */
  void catchUp(int[] ids);

  /**
   * Says of which steps parameters are averaged; before the first step. Does nothing without an
   * average.
   *
   * @param samples over how many samples
   * @param stride steps from one sample to the next
   */
  void averageOver(int samples, int stride);

  /** True when the parameters are averaged. */
  boolean averages();

  /**
   * Exchanges the parameters and their average, to evaluate the average; the next call exchanges
   * them back, before the next step. Catches up first. Afterwards all averages are up to date.
   */
  void exchangeAverage();

  /** Steps taken so far. */
  long steps();
}
