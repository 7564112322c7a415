package io.destine.metric;

import java.io.Serializable;

/**
 * Exact weight of the rows of each class in units of a {@link WeightUnit}.
 *
 * @param positive weight of the rows with label 1
 * @param negative weight of the rows with label 0
 */
public record ClassWeights(long positive, long negative) implements Serializable {
  /** No rows. */
  public static final ClassWeights ZERO = new ClassWeights(0, 0);

  /**
   * The sum of both.
   *
   * @throws ArithmeticException when a weight reaches 2^63 units
   */
  public ClassWeights plus(ClassWeights other) {
    return new ClassWeights(add(positive, other.positive), add(negative, other.negative));
  }

  /** Weight of all rows. */
  public long total() {
    return add(positive, negative);
  }

  /**
   * The sum of two weights in units.
   *
   * @throws ArithmeticException when it reaches 2^63 units
   */
  static long add(long a, long b) {
    long sum = a + b;
    if (sum < 0) {
      throw new ArithmeticException("the weights of all rows must be below 2^63 units of weight");
    }
    return sum;
  }

  /** True when both classes have weight, so that ranking metrics exist. */
  public boolean hasBoth() {
    return positive > 0 && negative > 0;
  }
}
