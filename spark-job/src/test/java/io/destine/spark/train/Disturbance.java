package io.destine.spark.train;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import java.util.Locale;

/**
 * Something that happens to a training: a function of a seed and a number. In each group of as many
 * numbers as there are kinds, every kind occurs once, in random order.
 *
 * @param kind what happens
 * @param steps after the previous disturbance; 0 when both happen together
 * @param millis so much later
 * @param victim which executor or connection, counted modulo their number
 * @param length of a pause, in units of 0.1 s, or of a silence, in units of 0.4 s, or the number of
 *     short pauses; at least 1
 * @param bytes before a connection is cut off
 */
record Disturbance(Kind kind, int steps, int millis, int victim, int length, int bytes) {
  /** What happens, and to whom. */
  enum Kind {
    EXECUTOR_KILLED,
    EXECUTOR_STOPPED,
    EXECUTOR_SLOWED,
    CONNECTION_CUT,
    CONNECTION_SILENT,
    DRIVER_KILLED,
    DRIVER_STOPPED;

    /** Names it among observations. */
    String key() {
      return "chaos." + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final int MOST_STEPS = 4;
  private static final int MOST_MILLIS = 150;
  private static final int MOST_LENGTH = 20;

  /** About what an executor and the driver send each other in a step. */
  private static final int MOST_BYTES = 40_000;

  /** The disturbance with a number, from 0 on. */
  static Disturbance of(long seed, int number) {
    int kinds = Kind.values().length;
    CounterRandom all = CounterRandom.of(seed, Purpose.SPLIT);
    int[] order = all.at("order").at(number / kinds).permutation(kinds);
    CounterRandom random = all.at(number);
    return new Disturbance(
        Kind.values()[order[number % kinds]],
        random.below(MOST_STEPS + 1, 0),
        random.below(MOST_MILLIS + 1, 1),
        random.below(1000, 2),
        1 + random.below(MOST_LENGTH, 3),
        random.below(MOST_BYTES + 1, 4));
  }

  /** The same with another kind. */
  Disturbance as(Kind other) {
    return new Disturbance(other, steps, millis, victim, length, bytes);
  }
}
