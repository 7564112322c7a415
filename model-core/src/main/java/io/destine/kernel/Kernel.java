package io.destine.kernel;

import io.destine.feature.EncodedBatch;
import io.destine.param.GradientSink;
import io.destine.param.Parameters;

/**
 * Computes a network over packed rows, forward and backward. An instance belongs to one thread at a
 * time: it keeps scratch memory. All rows of a call are computed together; batch normalization
 * takes its statistics over them. The name is part of a run's identity.
 */
public interface Kernel extends Forward {

  /**
   * Adds the gradient of the weighted sum of binary cross-entropy losses of a batch to {@code
   * sink}, with the loss.
   *
   * @param dropout the masks of this epoch, or null for none
   */
  void gradient(Parameters parameters, EncodedBatch batch, Dropout dropout, GradientSink sink);
}
