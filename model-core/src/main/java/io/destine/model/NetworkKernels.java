package io.destine.model;

import io.destine.config.Precision;
import io.destine.kernel.Forward;
import io.destine.kernel.Kernel;
import io.destine.kernel.KernelChoice;
import io.destine.kernel.KernelFactory;
import io.destine.kernel.Kernels;
import io.destine.kernel.row.PlainLanes;
import io.destine.kernel.row.RowKernel;
import java.util.Locale;

/**
 * Creates float32 kernels of a network.
 *
 * @param network the network that they compute
 * @param choice which kernel trains
 * @param scoring which kernel scores
 */
public record NetworkKernels(Destine network, KernelChoice choice, KernelChoice scoring)
    implements KernelFactory {

  /** Kernels of one choice. */
  public NetworkKernels(Destine network, KernelChoice choice) {
    this(network, choice, choice);
  }

  /**
   * The same with auto replaced by the kernel that is selected on this machine, so that all
   * machines train with it. The scoring kernel is unchanged, since scoring with auto gives the same
   * bits on every machine.
   */
  public NetworkKernels resolved() {
    String name = create().name();
    return new NetworkKernels(
        network, KernelChoice.valueOf(name.toUpperCase(Locale.ROOT)), scoring);
  }

  @Override
  public Kernel create() {
    return Kernels.create(
        choice, network.config(), network.fields(), network.layout(), Precision.FLOAT32);
  }

  @Override
  public Forward forward() {
    return Kernels.forward(scoring, network.config(), network.fields(), network.layout())
        .orElseGet(
            () ->
                new RowKernel(
                    network.config(), network.fields(), network.layout(), new PlainLanes()));
  }
}
