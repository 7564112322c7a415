package io.destine.optim;

import io.destine.config.Metric;
import io.destine.config.RateScaling;
import io.destine.config.Schedule;
import io.destine.config.TrainConfig;

/**
 * The learning rate of each step: warm-up to the base rate r, times {@link RateScaling}, and from
 * there
 *
 * <ul>
 *   <li>plateau: multiplied by the plateau factor after each epoch that has not improved the
 *       validation metric; training stops after the configured number of such epochs in a row. If
 *       that number is 0, neither happens.
 *   <li>cosine: r (1 + cos(pi (t - 1) / T)) / 2 for step t of T, independent of the metric
 * </ul>
 *
 * <p>Mutable, not thread-safe; its state is {@link #best()}, {@link #cuts()} and {@link
 * #cutsInARow()}.
 */
public final class RateSchedule {

  /** The result of an epoch's validation metric. */
  public enum Verdict {
    /** A new best: keep this model. */
    IMPROVED,
    /** No new best: the learning rate has been cut. */
    CUT,
    /** No new best in as many epochs in a row as are allowed: training stops. */
    STOP,
    /** No new best, and the schedule neither cuts nor stops. */
    UNCHANGED
  }

  private final TrainConfig config;
  private final long steps;
  private double best;
  private int cuts;
  private int cutsInARow;

  /**
   * A schedule at its start.
   *
   * @param steps T, of all epochs
   */
  public RateSchedule(TrainConfig config, long steps) {
    this.config = config;
    this.steps = steps;
    best = config.metric().worst();
  }

  /** Continues from saved state. */
  public void restore(double best, int cuts, int cutsInARow) {
    this.best = best;
    this.cuts = cuts;
    this.cutsInARow = cutsInARow;
  }

  /**
   * The learning rate of a step in a run that does not start from a model.
   *
   * @param step counted from 1
   */
  public double learningRate(long step) {
    return learningRate(step, step);
  }

  /**
   * The learning rate of a step.
   *
   * @param step of the optimiser, counted from 1, with the steps of the model that it starts from
   * @param ofRun the same step, counted from 1 over this run
   */
  public double learningRate(long step, long ofRun) {
    double scaling = config.rateScaling().factor(config.batchSize());
    double rate = config.optimizer().learningRate() * scaling;
    for (int c = 0; c < cuts; c++) {
      rate *= config.plateauFactor();
    }
    if (config.schedule() == Schedule.COSINE) {
      rate *= (1 + StrictMath.cos(Math.PI * (ofRun - 1) / steps)) / 2;
    }
    int warmup = config.optimizer().warmupSteps();
    return step < warmup ? rate * step / warmup : rate;
  }

  /**
   * Records the validation metric of an epoch.
   *
   * @throws IllegalArgumentException when it is NaN, which cannot be compared
   */
  public Verdict observe(double value) {
    if (Double.isNaN(value)) {
      throw new IllegalArgumentException("the validation metric must be a number, got NaN");
    }
    Metric metric = config.metric();
    if (metric.better(value, best)) {
      best = value;
      cutsInARow = 0;
      return Verdict.IMPROVED;
    }
    if (config.plateauCuts() == 0 || config.schedule() == Schedule.COSINE) {
      return Verdict.UNCHANGED;
    }
    cuts++;
    cutsInARow++;
    return cutsInARow >= config.plateauCuts() ? Verdict.STOP : Verdict.CUT;
  }

  /** The best value so far; infinite before the first. */
  public double best() {
    return best;
  }

  /** Cuts so far. */
  public int cuts() {
    return cuts;
  }

  /** Cuts since the last new best. */
  public int cutsInARow() {
    return cutsInARow;
  }
}
