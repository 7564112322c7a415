package io.destine.train;

import java.io.Serializable;

/**
 * Which rows a step takes: of each logical partition a run of consecutive chunks in the epoch's
 * order. Small enough to travel with a task. Immutable by convention.
 *
 * @param epoch counted from 0
 * @param step of the epoch, counted from 0
 * @param firstChunk [P] first chunk by logical partition
 * @param chunks [P] number of chunks by logical partition, 0 for none
 */
public record StepPlan(int epoch, int step, int[] firstChunk, int[] chunks)
    implements Serializable {}
