package io.destine.kernel.nd4j;

import io.destine.feature.EncodedBatch;
import io.destine.kernel.Dropout;

/**
 * What a network is run over and how: some rows of a batch, for training or for their logits alone.
 *
 * @param batch the packed rows
 * @param from the first row of the pass
 * @param rows their number, the B of the network that runs
 * @param training batch statistics rather than running ones
 * @param dropout names the masks, or null for none
 */
record Pass(EncodedBatch batch, int from, int rows, boolean training, Dropout dropout) {}
