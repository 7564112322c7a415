package io.destine.kernel;

import java.io.Serializable;

/**
 * Creates kernels of one network, one for each computing thread; serializable, so that it can be
 * sent to other processes.
 */
@FunctionalInterface
public interface KernelFactory extends Serializable {

  /** A new kernel. */
  Kernel create();

  /**
   * A forward pass to score rows: a new kernel, or a faster implementation that computes logits
   * only.
   */
  default Forward forward() {
    return create();
  }
}
