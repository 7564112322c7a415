package io.destine.spark.generate;

import java.io.Serializable;

/**
 * Two fields whose values interact in the teacher.
 *
 * @param first index of a field
 * @param second index of another one
 */
public record FieldPair(int first, int second) implements Serializable {
  public FieldPair {
    if (first < 0 || second < 0 || first == second) {
      throw new IllegalArgumentException(
          "a pair must be two different fields, got " + first + " and " + second);
    }
  }
}
