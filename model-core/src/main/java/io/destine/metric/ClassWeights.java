package io.destine.metric;

import java.io.Serializable;

/**
 * Weight of the rows of each class, in units of 2^-20: exact.
 *
 * @param positive weight of the rows with label 1
 * @param negative weight of the rows with label 0
 */
public record ClassWeights(long positive, long negative) implements Serializable {
  /** No rows. */
  public static final ClassWeights ZERO = new ClassWeights(0, 0);

  /**
   * The weights of both.
   *
   * @throws ArithmeticException when a class has a weight of 2^43 or more
   */
  public ClassWeights plus(ClassWeights other) {
    return new ClassWeights(
        Math.addExact(positive, other.positive), Math.addExact(negative, other.negative));
  }

  /** Weight of all rows. */
  public long total() {
    return Math.addExact(positive, negative);
  }

  /** True when both classes have weight, so that ranking metrics exist. */
  public boolean hasBoth() {
    return positive > 0 && negative > 0;
  }
}
