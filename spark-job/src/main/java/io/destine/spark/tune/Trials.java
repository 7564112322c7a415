package io.destine.spark.tune;

import io.destine.random.CounterRandom;
import io.destine.random.Purpose;
import io.destine.spark.conf.Axis;
import io.destine.spark.conf.UserError;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The trials of a space of settings, and their numbers of epochs. */
final class Trials {
  static final int MOST = 10_000;
  private static final int DRAWS_PER_TRIAL = 100;

  private Trials() {}

  /**
   * All combinations of the lists; the last key changes fastest.
   *
   * @throws UserError if there is a range, or there are more than {@value #MOST} combinations
   */
  static List<Trial> grid(SortedMap<String, Axis> space) {
    List<Trial> trials = List.of(Trial.of(Map.of()));
    for (Map.Entry<String, Axis> entry : space.entrySet()) {
      List<String> values = choices(entry.getKey(), entry.getValue());
      List<Trial> more = new ArrayList<>();
      for (Trial trial : trials) {
        values.forEach(value -> more.add(trial.with(Map.of(entry.getKey(), value))));
      }
      if (more.size() > MOST) {
        throw new UserError(
            "tune: the grid has more than " + MOST + " trials; set tune.search = random");
      }
      trials = more;
    }
    return trials;
  }

  /**
   * The unchanged configuration, then each value of each list separately, in the order of the keys.
   *
   * @throws UserError if there is a range
   */
  static List<Trial> ablation(SortedMap<String, Axis> space) {
    List<Trial> trials = new ArrayList<>(List.of(Trial.of(Map.of())));
    space.forEach(
        (key, axis) ->
            choices(key, axis).forEach(value -> trials.add(Trial.of(Map.of(key, value)))));
    return trials;
  }

  private static List<String> choices(String key, Axis axis) {
    if (axis instanceof Axis.Choices choices) {
      return choices.values();
    }
    throw new UserError(
        "tune."
            + key
            + " is a range, which a grid or an ablation cannot enumerate; give a list, or set"
            + " tune.search = random");
  }

  /**
   * Random trials: the n-th value of a key depends only on seed, key and n. So a larger number of
   * trials begins with the same ones, and adding a key does not change the values of other keys.
   * Equal trials count once; a small space may have fewer trials.
   */
  static List<Trial> random(SortedMap<String, Axis> space, int count, long seed) {
    Set<Trial> trials = new LinkedHashSet<>();
    CounterRandom random = CounterRandom.of(seed, Purpose.TRIAL);
    for (long n = 0; n < (long) count * DRAWS_PER_TRIAL && trials.size() < count; n++) {
      SortedMap<String, String> values = new TreeMap<>();
      for (Map.Entry<String, Axis> entry : space.entrySet()) {
        double u = random.at(entry.getKey()).uniform(n);
        values.put(entry.getKey(), entry.getValue().at(u));
      }
      trials.add(new Trial(values));
    }
    return List.copyOf(trials);
  }

  /**
   * A round of successive halving.
   *
   * @param trials number of trials, the best of the previous round
   * @param epochs up to which they are trained
   */
  record Round(int trials, int epochs) {}

  /**
   * The rounds of successive halving: one in {@code keepOneIn} trials continues to the next round,
   * with {@code keepOneIn} times the epochs. The last round trains all epochs.
   */
  static List<Round> rounds(int trials, int epochs, int keepOneIn) {
    List<Round> rounds = new ArrayList<>();
    rounds.add(new Round(trials, epochs));
    for (long part = keepOneIn; part <= Math.min(trials, epochs); part *= keepOneIn) {
      rounds.add(new Round(0, (int) ((epochs + part - 1) / part)));
    }
    List<Round> ordered = new ArrayList<>();
    int left = trials;
    for (int i = rounds.size() - 1; i >= 0; i--) {
      ordered.add(new Round(left, rounds.get(i).epochs()));
      left = Math.max(1, left / keepOneIn);
    }
    return ordered;
  }
}
