package io.destine.kernel;

/**
 * Names the dropout masks of an epoch; the drop rates are the model's.
 *
 * @param seed the run's seed
 * @param epoch counted from 0
 */
public record Dropout(long seed, int epoch) {}
