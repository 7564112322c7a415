package io.destine.spark.conf;

import io.destine.config.Check;
import io.destine.config.Components;
import io.destine.config.Meaning;
import io.destine.kernel.KernelChoice;
import java.util.Objects;

/** What computes. */
public record ComputeConfig(
    @Meaning(value = "what computes the network", preset = "auto") KernelChoice kernel,
    @Meaning(
            value = "share of an executor's heap for rows; what does not fit is read again",
            preset = "0.5")
        double rowsMemory,
    @Meaning(
            value =
                "who owns the table rows: the driver, whose network and memory they pass through, or"
                    + " executors, each a part; auto: executors on a cluster without dynamic"
                    + " allocation",
            preset = "auto")
        TableOwner owners) {
  public ComputeConfig {
    Objects.requireNonNull(kernel, "kernel");
    Objects.requireNonNull(owners, "owners");
    Check.upTo("compute.rows-memory", 1, rowsMemory);
  }

  /** The kernel that suits the machine; rows take half of the heap at most. */
  public static ComputeConfig defaults() {
    return Components.defaults(ComputeConfig.class);
  }
}
