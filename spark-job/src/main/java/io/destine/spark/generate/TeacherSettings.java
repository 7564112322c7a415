package io.destine.spark.generate;

import java.io.Serializable;
import java.util.List;

/**
 * Settings of the model of the labels.
 *
 * @param kind of the interaction
 * @param clickRate mean click probability
 * @param firstOrder standard deviation of the first-order part of the logit
 * @param interaction standard deviation of the interaction part of the logit
 * @param pairs fields that interact in a factorization machine; empty for attention, in which all
 *     fields interact
 * @param drift rotation of effects and vectors from one day to the next, in radians, see {@link
 *     ValueParts}
 */
public record TeacherSettings(
    TeacherKind kind,
    double clickRate,
    double firstOrder,
    double interaction,
    List<FieldPair> pairs,
    double drift)
    implements Serializable {

  public TeacherSettings {
    pairs = List.copyOf(pairs);
    if (!(clickRate > 0 && clickRate < 1)) {
      throw new IllegalArgumentException(
          "click-rate must be between 0 and 1, both excluded, got " + clickRate);
    }
    if (!(drift >= 0 && drift <= 1)) {
      throw new IllegalArgumentException("drift must be 0 .. 1, got " + drift);
    }
    requireDeviation("first-order", firstOrder);
    requireDeviation("interaction", interaction);
    if (kind == TeacherKind.ATTENTION && !pairs.isEmpty()) {
      throw new IllegalArgumentException(
          "pairs must be left out with --teacher attention, in which all fields interact, got "
              + pairs.size());
    }
    if (kind == TeacherKind.FM && interaction > 0 && pairs.isEmpty()) {
      throw new IllegalArgumentException(
          "interaction must be 0 when no two fields interact, got " + interaction);
    }
  }

  /** A factorization machine over pairs of fields. */
  public static TeacherSettings factorizationMachine(
      double clickRate, double firstOrder, double interaction, List<FieldPair> pairs) {
    return new TeacherSettings(TeacherKind.FM, clickRate, firstOrder, interaction, pairs, 0);
  }

  /** Attention over all fields. */
  public static TeacherSettings attention(double clickRate, double firstOrder, double interaction) {
    return new TeacherSettings(
        TeacherKind.ATTENTION, clickRate, firstOrder, interaction, List.of(), 0);
  }

  private static void requireDeviation(String what, double deviation) {
    if (!(deviation >= 0 && deviation <= 10)) {
      throw new IllegalArgumentException(what + " must be 0 .. 10, got " + deviation);
    }
  }
}
