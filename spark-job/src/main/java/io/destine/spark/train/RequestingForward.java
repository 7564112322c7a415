package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import io.destine.kernel.Forward;
import io.destine.param.Parameters;
import io.destine.spark.parameters.ParameterSource;

/**
 * Computes the logits of a few rows with parameters from a {@link ParameterSource} instead of the
 * given ones.
 */
record RequestingForward(Forward forward, ParameterSource source) implements Forward {
  @Override
  public String name() {
    return forward.name();
  }

  @Override
  public void logits(Parameters parameters, EncodedBatch batch, double[] logits) {
    try (ParameterSource.View view = source.of(batch)) {
      forward.logits(view.parameters(), view.rows(), logits);
    }
  }
}
