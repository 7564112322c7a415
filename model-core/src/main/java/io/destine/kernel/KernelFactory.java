package io.destine.kernel;

import java.io.Serializable;

/**
 * Creates kernels of one network, one for each thread that computes; travels to where they are
 * needed.
 */
@FunctionalInterface
public interface KernelFactory extends Serializable {

  /** A new kernel. */
  Kernel create();

  /** The kernel that scores rows: a new one, or something faster that computes logits only. */
  default Forward forward() {
    return create();
  }
}
