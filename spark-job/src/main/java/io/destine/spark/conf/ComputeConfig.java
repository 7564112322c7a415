package io.destine.spark.conf;

import io.destine.config.SettingProblem;
import io.destine.kernel.KernelChoice;
import java.util.Objects;

/**
 * What computes.
 *
 * @param kernel the implementation of the network's arithmetic
 * @param rowsMemory share of the heap of an executor, in (0, 1], that blocks of rows may take
 */
public record ComputeConfig(KernelChoice kernel, double rowsMemory) {
  public ComputeConfig {
    Objects.requireNonNull(kernel, "kernel");
    if (!(rowsMemory > 0 && rowsMemory <= 1)) {
      throw SettingProblem.must("compute.rows-memory", "above 0 and at most 1", rowsMemory);
    }
  }

  /** The kernel that suits the machine; rows take half of the heap at most. */
  public static ComputeConfig defaults() {
    return new ComputeConfig(KernelChoice.AUTO, 0.5);
  }
}
