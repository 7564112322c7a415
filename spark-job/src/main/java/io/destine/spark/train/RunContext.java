package io.destine.spark.train;

import io.destine.kernel.KernelFactory;
import io.destine.param.ParameterLayout;
import io.destine.spark.encode.StoredVocabulary;
import io.destine.train.GradientScale;
import java.io.Serializable;

/**
 * The constant part of the steps of a run.
 *
 * @param run identity of the run
 * @param seed of the run
 * @param scale of weights and gradient sums
 * @param layout of the parameters
 * @param kernels creates the kernels of the network
 * @param tables vocabulary with the side tables of the rows, or null for none
 * @param dropout of keys of side tables; null for none
 */
record RunContext(
    String run,
    long seed,
    GradientScale scale,
    ParameterLayout layout,
    KernelFactory kernels,
    StoredVocabulary tables,
    KeyDropout dropout)
    implements Serializable {}
