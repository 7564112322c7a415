package io.destine.spark.conf;

import io.destine.config.Check;
import java.io.Serializable;

/**
 * Sampling of training rows with label 0, and the weight of training rows with label 1. Both shift
 * the log odds of the training rows by a known number, so the network's logits can be shifted back.
 *
 * @param negatives share of the training rows with label 0 that is kept
 * @param positiveWeight factor of the weights of the training rows with label 1
 */
public record Sampling(double negatives, double positiveWeight) implements Serializable {
  /** All rows with unchanged weights. */
  public static final Sampling NONE = new Sampling(1, 1);

  public Sampling {
    Check.upTo("negatives", 1, negatives);
    Check.within("positive-weight", 0.001, 1000, positiveWeight);
  }

  /**
   * The correction to add to the logit of a network that was trained on these rows: ln(negatives) -
   * ln(positive weight).
   */
  public double logitShift() {
    return StrictMath.log(negatives) - StrictMath.log(positiveWeight);
  }
}
