package io.destine.spark.conf;

import io.destine.config.Check;
import java.io.Serializable;

/**
 * Which share of the training rows with label 0 is kept, and what those with label 1 weigh. Both
 * move the log odds of the rows that a network learns from by a number that is known, so that its
 * logits can be moved back.
 *
 * @param negatives share of the training rows with label 0 that are kept
 * @param positiveWeight factor of the weights of the training rows with label 1
 */
public record Sampling(double negatives, double positiveWeight) implements Serializable {
  /** All rows, as they are. */
  public static final Sampling NONE = new Sampling(1, 1);

  public Sampling {
    Check.upTo("negatives", 1, negatives);
    Check.within("positive-weight", 0.001, 1000, positiveWeight);
  }

  /**
   * The shift of the logit of a network that was trained on these rows: ln(negatives) - ln(positive
   * weight).
   */
  public double logitShift() {
    return StrictMath.log(negatives) - StrictMath.log(positiveWeight);
  }
}
