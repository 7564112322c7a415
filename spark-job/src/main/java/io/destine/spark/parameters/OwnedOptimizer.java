package io.destine.spark.parameters;

import io.destine.config.OptimizerConfig;
import io.destine.numeric.ExactSum;
import io.destine.optim.GradientNorm;
import io.destine.optim.Optimizer;
import io.destine.param.Gradient;

/**
 * The optimiser of a run whose tables are owned by executors: it updates the dense tensors in the
 * driver while the owners update their table rows.
 */
public final class OwnedOptimizer implements Optimizer {
  private final Optimizer dense;
  private final TableOwners owners;
  private final OptimizerConfig config;

  /**
   * An optimiser before its first step.
   *
   * @param dense optimiser of the driver's parameters, which have no table rows
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

  /** The factor that clips the gradient's norm; most of the gradient is held by the owners. */
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

  /** Does nothing: owners bring rows up to date when rows are requested. */
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
