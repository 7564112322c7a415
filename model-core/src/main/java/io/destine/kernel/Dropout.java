package io.destine.kernel;

/**
 * Identifies the dropout masks of an epoch; the drop rates are those of the model.
 *
 * @param seed the run's seed
 * @param epoch counted from 0
 */
public record Dropout(long seed, int epoch) {}
