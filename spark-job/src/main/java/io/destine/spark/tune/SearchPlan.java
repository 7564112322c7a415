package io.destine.spark.tune;

import io.destine.spark.conf.Axis;
import io.destine.spark.conf.ConfigProblems;
import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.TuneConfig;
import io.destine.spark.conf.TuneFile;
import io.destine.spark.conf.UserError;
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
    List<Trials.Round> rounds =
        halving
            ? Trials.rounds(trials.size(), file.base().train().epochs(), tune.keepOneIn())
            : List.of(new Trials.Round(trials.size(), ALL_EPOCHS));
    SearchPlan plan =
        new SearchPlan(file, tune.search().name().toLowerCase(Locale.ROOT), trials, rounds);
    plan.requireReadable();
    return tune.search() == TuneConfig.Search.ABLATION ? plan.withoutEqual() : plan;
  }

  /** Removes trials equal to the unchanged configuration, which an ablation trains only once. */
  private SearchPlan withoutEqual() {
    JobConfig configuration = file.trial(Map.of());
    List<Trial> others =
        trials.stream()
            .filter(
                trial ->
                    trial.values().isEmpty() || !file.trial(trial.values()).equals(configuration))
            .toList();
    return new SearchPlan(
        file, search, others, List.of(new Trials.Round(others.size(), ALL_EPOCHS)));
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
  private void requireReadable() {
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
