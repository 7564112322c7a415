package io.destine.spark.generate;

import java.io.Serializable;
import java.util.List;

/**
 * How labels come about.
 *
 * @param clickRate mean probability of a click
 * @param firstOrder standard deviation of the part of the logit that single values make
 * @param interaction standard deviation of the part that pairs of values make
 * @param pairs fields that interact
 */
public record TeacherSettings(
    double clickRate, double firstOrder, double interaction, List<FieldPair> pairs)
    implements Serializable {

  public TeacherSettings {
    pairs = List.copyOf(pairs);
    if (!(clickRate > 0 && clickRate < 1)) {
      throw new IllegalArgumentException(
          "click-rate must be between 0 and 1, both excluded, got " + clickRate);
    }
    requireDeviation("first-order", firstOrder);
    requireDeviation("interaction", interaction);
    if (interaction > 0 && pairs.isEmpty()) {
      throw new IllegalArgumentException(
          "interaction must be 0 when no two fields interact, got " + interaction);
    }
  }

  private static void requireDeviation(String what, double deviation) {
    if (!(deviation >= 0 && deviation <= 10)) {
      throw new IllegalArgumentException(what + " must be 0 .. 10, got " + deviation);
    }
  }
}
