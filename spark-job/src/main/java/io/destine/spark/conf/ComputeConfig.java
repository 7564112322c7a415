package io.destine.spark.conf;

import io.destine.config.Check;
import io.destine.config.Components;
import io.destine.config.Meaning;
import io.destine.kernel.KernelChoice;
import java.util.Objects;

/** The kernel and the resources of a computation. */
public record ComputeConfig(
    @Meaning(value = "the kernel that computes the network", preset = "auto") KernelChoice kernel,
    @Meaning(
            value =
                "fraction of an executor's heap for rows; other rows are read again in each "
                    + "epoch",
            preset = "0.5")
        double rowsMemory,
    @Meaning(
            value =
                "owner of the table rows: the driver, or the executors, a part each; auto: "
                    + "executors on a cluster without dynamic allocation, if they can write the "
                    + "model directory",
            preset = "auto")
        TableOwner owners) {
  public ComputeConfig {
    Objects.requireNonNull(kernel, "kernel");
    Objects.requireNonNull(owners, "owners");
    Check.upTo("compute.rows-memory", 1, rowsMemory);
  }

  /** The best kernel for the machine; rows take at most half of the heap. */
  public static ComputeConfig defaults() {
    return Components.defaults(ComputeConfig.class);
  }
}
