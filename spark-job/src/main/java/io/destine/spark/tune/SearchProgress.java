package io.destine.spark.tune;

import io.destine.spark.train.EpochLine;
import java.util.Locale;
import java.util.function.Consumer;

/** Prints the progress of a search: a line for each trial. Any number of threads. */
final class SearchProgress {
  private final Consumer<String> log;
  private final long start = System.nanoTime();
  private final int trials;
  private int total;
  private int done;
  private int trained;

  /**
   * The progress of a search.
   *
   * @param trials maximum number of trials
   * @param total maximum number of training runs
   */
  SearchProgress(int trials, int total, Consumer<String> log) {
    this.trials = trials;
    this.total = total;
    this.log = log;
  }

  /** A training run has ended; one with a known result took no time. */
  synchronized void trained(boolean known) {
    done++;
    trained += known ? 0 : 1;
  }

  /** Subtracts training runs that are not needed. */
  synchronized void leftOut(int trainings) {
    total -= trainings;
  }

  /** Prints a trial that has its figures. */
  synchronized void announce(Standing trial, boolean known, TuneResult all) {
    log.accept(
        String.format(
            Locale.ROOT,
            "trial %d/%d  %s  %s  %s%s  %s",
            trial.number(),
            trials,
            trial.words(),
            known
                ? "known from an earlier run"
                : trial.trained()
                    + (trial.trained() == 1 ? " epoch  " : " epochs  ")
                    + EpochLine.duration(trial.seconds()),
            best(trial, all),
            left(),
            trial.trial().words()));
  }

  private static String best(Standing trial, TuneResult all) {
    int best = all.winner().map(Standing::number).orElse(0);
    return best == 0
        ? "no trial has succeeded so far"
        : best == trial.number() ? "best so far" : "best so far is trial " + best;
  }

  private String left() {
    double seconds = (System.nanoTime() - start) * 1e-9 / Math.max(1, trained) * (total - done);
    return trained == 0 || done >= total ? "" : "  about " + EpochLine.duration(seconds) + " left";
  }
}
