package io.destine.spark.parameters;

import io.destine.config.OptimizerConfig;
import io.destine.numeric.ExactSum;
import io.destine.optim.GradientNorm;
import io.destine.optim.Optimizer;
import io.destine.param.Gradient;

/**
 * The optimiser of a run whose tables executors own: it moves all that is in no table here, and has
 * the owners move the rows, at the same time.
 */
public final class OwnedOptimizer implements Optimizer {
  private final Optimizer dense;
  private final TableOwners owners;
  private final OptimizerConfig config;

  /**
   * An optimiser that has not moved.
   *
   * @param dense of the driver's parameters, which have no rows
   */
  public OwnedOptimizer(Optimizer dense, TableOwners owners, OptimizerConfig config) {
    this.dense = dense;
    this.owners = owners;
    this.config = config;
  }

  @Override
  public void step(Gradient gradient, double learningRate) {
    step(gradient, clip(gradient) / gradient.weight(), learningRate);
  }

  /** The factor of the gradient, most of which owners hold, that keeps its norm within bounds. */
  private double clip(Gradient gradient) {
    if (config.clipNorm() <= 0) {
      return 1;
    }
    ExactSum squares = owners.squares().plus(GradientNorm.squares(gradient, 1, 1));
    return GradientNorm.clip(squares, gradient.weight(), config.clipNorm());
  }

  @Override
  public void step(Gradient gradient, double scale, double learningRate) {
    owners.step(scale, learningRate);
    dense.step(gradient, scale, learningRate);
  }

  @Override
  public boolean catchUp() {
    owners.catchUp();
    return true;
  }

  /** Owners bring rows up to date when they are asked for them. */
  @Override
  public void catchUp(int[] ids) {}

  @Override
  public void averageOver(int samples, int stride) {
    dense.averageOver(samples, stride);
    owners.averageOver(samples, stride);
  }

  @Override
  public boolean averages() {
    return dense.averages();
  }

  @Override
  public void exchangeAverage() {
    dense.exchangeAverage();
    owners.exchangeAverage();
  }

  @Override
  public long steps() {
    return dense.steps();
  }
}
