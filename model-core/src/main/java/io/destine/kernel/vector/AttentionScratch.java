package io.destine.kernel.vector;

import io.destine.config.ModelConfig;

/** Memory that the layers of a network use in turn. */
final class AttentionScratch {
  /** Gradients of a layer's queries, keys, values and mixed values, in the same layout. */
  final LaneMatrix gradient;

  /** For each head the gradients of attention weights, then of their logits, [M + 1, M]. */
  final LaneMatrix[] weights;

  /** Keys or values of one head, [c, M]. */
  final LaneMatrix turned;

  /** Gradient of a layer's output, [M, D]; replaced by that of its input. */
  final LaneMatrix output;

  /** Gradient of the mean of a layer's input, zero if nothing depends on it. */
  final int mean;

  /** Mean of the gradients of the queries, [D]. */
  final int queryMean;

  /** Vectors of zeros, [D]. */
  final int zeros;

  AttentionScratch(ModelConfig config, LayerShape shape, Memory memory) {
    int width = shape.heads().padded();
    gradient = shape.rows(memory);
    weights = new LaneMatrix[config.heads()];
    for (int h = 0; h < weights.length; h++) {
      weights[h] = shape.lines(memory);
    }
    turned = LaneMatrix.reserve(memory, shape.heads().width(), shape.fields());
    output = LaneMatrix.reserve(memory, shape.fields(), width);
    int widest = Math.max(width, Lanes.padded(config.embeddingDim()));
    mean = memory.reserve((long) widest * Lanes.LENGTH);
    queryMean = memory.reserve((long) width * Lanes.LENGTH);
    zeros = memory.reserve((long) (width + LaneMatrix.SPARE) * Lanes.LENGTH);
  }
}
