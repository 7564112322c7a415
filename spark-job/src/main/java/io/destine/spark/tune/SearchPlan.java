package io.destine.spark.tune;

import io.destine.spark.conf.Axis;
import io.destine.spark.conf.ConfigProblems;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.TuneConfig;
import io.destine.spark.conf.TuneFile;
import io.destine.spark.conf.UserError;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The trials of a search, checked before anything runs.
 *
 * @param file the configuration
 * @param search kind of search, such as grid
 * @param trials in order; empty for steps that depend on earlier results
 * @param rounds of successive halving, otherwise a single one
 */
public record SearchPlan(
    TuneFile file, String search, List<Trial> trials, List<Trials.Round> rounds) {
  /** Stands for the number of epochs in a trial's configuration. */
  static final int ALL_EPOCHS = Integer.MAX_VALUE;

  static final String QUICK = "quick";
  static final String ABLATION = "ablation";
  private static final String EPOCHS = "train.epochs";

  /**
   * The search of a configuration.
   *
   * @throws UserError if it has none or a trial is invalid, with one line for each problem
   */
  public static SearchPlan of(TuneFile file) {
    if (file.space().isEmpty()) {
      throw new UserError(
          "the configuration has nothing to search; give lists of values, such as tune {"
              + " model.layers = [1, 2, 3] }, or add --quick");
    }
    TuneConfig tune = file.settings();
    boolean halving = tune.search() == TuneConfig.Search.HALVING;
    if (halving && file.space().containsKey(EPOCHS)) {
      throw new UserError(
          "tune."
              + EPOCHS
              + ": halving trains trials for a part of the epochs, so their number cannot be"
              + " searched; set "
              + EPOCHS
              + " instead");
    }
    List<Trial> trials =
        switch (tune.search()) {
          case GRID -> Trials.grid(file.space());
          case ABLATION -> Trials.ablation(file.space());
          case RANDOM, HALVING -> Trials.random(file.space(), tune.trials(), tune.seed());
        };
    requireReadable(file, trials);
    List<Trial> different = different(file, trials);
    List<Trials.Round> rounds =
        halving
            ? Trials.rounds(different.size(), file.base().train().epochs(), tune.keepOneIn())
            : List.of(new Trials.Round(different.size(), ALL_EPOCHS));
    return new SearchPlan(file, tune.search().name().toLowerCase(Locale.ROOT), different, rounds);
  }

  /**
   * The first of each group of trials with equal configurations: values such as 0.001 and 1e-3, or
   * a value of an ablation that the configuration has already.
   */
  private static List<Trial> different(TuneFile file, List<Trial> trials) {
    Map<JobConfig, Trial> first = new LinkedHashMap<>();
    trials.forEach(trial -> first.putIfAbsent(file.trial(trial.values()), trial));
    return List.copyOf(first.values());
  }

  /** A search in a few steps from a configuration to a better one, see {@link QuickSteps}. */
  public static SearchPlan quick(TuneFile file) {
    return new SearchPlan(
        file, QUICK, List.of(), List.of(new Trials.Round(QuickSteps.TRIALS, ALL_EPOCHS)));
  }

  /**
   * Checks every value of a list once, with the other values of the first trial, since random draws
   * may use only a few of them.
   */
  private static void requireReadable(TuneFile file, List<Trial> trials) {
    Set<Trial> all = new LinkedHashSet<>(trials);
    file.space()
        .forEach(
            (key, axis) -> {
              if (axis instanceof Axis.Choices choices) {
                choices.values().forEach(v -> all.add(trials.get(0).with(Map.of(key, v))));
              }
            });
    Set<String> problems = new LinkedHashSet<>();
    for (Trial trial : all) {
      try {
        file.trial(trial.values());
      } catch (ConfigProblems e) {
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigProblems(List.copyOf(problems));
    }
  }

  /** Number of training runs of all rounds and seeds. */
  int trainings() {
    return file.settings().seeds() * rounds.stream().mapToInt(Trials.Round::trials).sum();
  }
}
