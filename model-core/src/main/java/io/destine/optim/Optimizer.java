package io.destine.optim;

import io.destine.param.Gradient;

/**
 * Updates parameters from a gradient, with a state for them (moments, accumulators, steps of table
 * rows). Table rows are updated lazily: a step takes time only for the rows that its batch touched,
 * independent of the size of the table. Not thread-safe, unless stated otherwise.
 */
public interface Optimizer {

  /**
   * One step with the clipped gradient of the mean loss, {@code gradient / gradient.weight()}; also
   * updates the running statistics with the gradient's batch statistics.
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
   * Brings table rows that were skipped by steps up to date, for example before evaluation.
   *
   * @return true when table rows may have changed; false without decay
   */
  boolean catchUp();

  /**
   * Brings the table rows of the given ids up to date, before they are read for the next step; does
   * nothing without decay. May be called from several threads concurrently, but not during the
   * other calls.
   *
   * @param ids in any order, some of them perhaps several times
   */
  void catchUp(int[] ids);

  /**
   * Sets the steps whose parameters are averaged; must be called before the first step. Does
   * nothing without an average.
   *
   * @param samples horizon of the moving average, in samples
   * @param stride steps from one sample to the next
   */
  void averageOver(int samples, int stride);

  /** True when the parameters are averaged. */
  boolean averages();

  /**
   * Exchanges the parameters and their average, to evaluate the average; a second call, before the
   * next step, exchanges them back. Calls {@link #catchUp()} first. Afterwards all averages are up
   * to date.
   */
  void exchangeAverage();

  /** Steps taken so far. */
  long steps();
}
