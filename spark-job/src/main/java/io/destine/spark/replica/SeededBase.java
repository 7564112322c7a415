package io.destine.spark.replica;

import io.destine.model.Destine;
import io.destine.param.Parameters;

/**
 * The initial parameters of a network: a function of the seed, so nothing is shipped.
 *
 * @param network whose parameters they are
 * @param rows V, ids of the vocabulary
 * @param seed of the run
 */
public record SeededBase(Destine network, int rows, long seed) implements ParameterBase {

  @Override
  public Parameters create() {
    return network.initialParameters(rows, seed);
  }
}
