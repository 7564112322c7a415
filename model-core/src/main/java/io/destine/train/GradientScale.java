package io.destine.train;

import io.destine.metric.WeightTotals;
import java.io.Serializable;

/**
 * The scale of the gradient sums of a training run: weights are multiplied by a power of two so
 * that their mean is in [1, 2), which changes no weighted mean, and sums have as many fractional
 * bits as the heaviest rows allow. Both are computed from the weights of all training rows,
 * independent of their order.
 *
 * @param bits fractional bits of gradient sums
 * @param weightExponent weights are multiplied by 2 to this power
 */
public record GradientScale(int bits, int weightExponent) implements Serializable {

  /** The scale of a training run whose rows have the given weights. */
  public static GradientScale of(int batchSize, WeightTotals weights) {
    int exponent = weights.exponentOfScale();
    double heaviest = Math.scalb(weights.heaviest(batchSize), exponent);
    return new GradientScale(GradientFixedPoint.bitsFor(Math.max(batchSize, heaviest)), exponent);
  }
}
