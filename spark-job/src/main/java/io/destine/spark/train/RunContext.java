package io.destine.spark.train;

import io.destine.kernel.KernelFactory;
import java.io.Serializable;

/**
 * What stays the same over the steps of a run.
 *
 * @param run identity of the run
 * @param seed of the run
 * @param bits fractional bits of gradient sums
 * @param kernels creates the kernels of the network
 */
record RunContext(String run, long seed, int bits, KernelFactory kernels) implements Serializable {}
