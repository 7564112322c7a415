package io.destine.spark.generate;

import java.io.Serializable;
import java.util.List;

/**
 * How labels come about.
 *
 * @param kind what makes values interact
 * @param clickRate mean probability of a click
 * @param firstOrder standard deviation of the part of the logit that single values make
 * @param interaction standard deviation of the part that values make together
 * @param pairs fields that interact in a factorization machine; none for attention, in which all do
 * @param drift radians by which effects and vectors turn from one day to the next, see {@link
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
