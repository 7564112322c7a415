package io.destine.kernel;

import io.destine.feature.EncodedBatch;
import io.destine.param.GradientSink;
import io.destine.param.Parameters;

/**
 * Computes a network over packed rows, forward and backward. An instance has scratch memory and
 * must be used by one thread at a time. All rows of a call are one batch, over which batch
 * normalization computes its statistics. The name is part of a run's identity.
 */
public interface Kernel extends Forward {

  /**
   * Adds to {@code sink} the weighted sum of the binary cross-entropy losses of a batch, the
   * gradient of this sum plus the consistency loss ({@link Branches}), and the statistics of batch
   * normalization.
   *
   * @param dropout the masks of this epoch, or null for none
   */
  void gradient(Parameters parameters, EncodedBatch batch, Dropout dropout, GradientSink sink);
}
