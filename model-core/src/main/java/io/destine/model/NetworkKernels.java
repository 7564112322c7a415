package io.destine.model;

import io.destine.config.Precision;
import io.destine.kernel.Kernel;
import io.destine.kernel.KernelChoice;
import io.destine.kernel.KernelFactory;
import io.destine.kernel.Kernels;
import java.util.Locale;

/**
 * Creates float32 kernels of a network.
 *
 * @param network whose arithmetic they do
 * @param choice which kernel
 */
public record NetworkKernels(Destine network, KernelChoice choice) implements KernelFactory {

  /** The same with the kernel that runs here in place of auto, so that every machine runs it. */
  public NetworkKernels resolved() {
    String name = create().name();
    return new NetworkKernels(network, KernelChoice.valueOf(name.toUpperCase(Locale.ROOT)));
  }

  @Override
  public Kernel create() {
    return Kernels.create(
        choice, network.config(), network.fields(), network.layout(), Precision.FLOAT32);
  }
}
