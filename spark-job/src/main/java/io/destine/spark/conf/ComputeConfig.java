package io.destine.spark.conf;

import io.destine.kernel.KernelChoice;
import java.util.Objects;

/**
 * What computes.
 *
 * @param kernel the implementation of the network's arithmetic
 */
public record ComputeConfig(KernelChoice kernel) {
  public ComputeConfig {
    Objects.requireNonNull(kernel, "kernel");
  }

  /** The kernel that suits the machine. */
  public static ComputeConfig defaults() {
    return new ComputeConfig(KernelChoice.AUTO);
  }
}
