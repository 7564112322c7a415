package io.destine.spark.parameters;

import io.destine.optim.Optimizer;
import io.destine.param.Gradient;
import io.destine.param.NamedState;
import io.destine.param.Snapshot;

/**
 * The optimiser of a run whose tables executors own: it moves all that is in no table here, and has
 * the owners move the rows, at the same time.
 */
public final class OwnedOptimizer implements Optimizer {
  private final Optimizer dense;
  private final TableOwners owners;

  /**
   * An optimiser that has not moved.
   *
   * @param dense of the driver's parameters, which have no rows
   */
  public OwnedOptimizer(Optimizer dense, TableOwners owners) {
    this.dense = dense;
    this.owners = owners;
  }

  @Override
  public void step(Gradient gradient, double learningRate) {
    step(gradient, 1 / gradient.weight(), learningRate);
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

  @Override
  public NamedState state() {
    throw new UnsupportedOperationException("the state of tables is with their owners");
  }

  @Override
  public Snapshot snapshot() {
    throw new UnsupportedOperationException("the state of tables is with their owners");
  }

  @Override
  public void restore(NamedState state) {
    throw new UnsupportedOperationException("the state of tables is with their owners");
  }
}
