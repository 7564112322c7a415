package io.destine.spark.tune;

import java.util.Locale;
import java.util.function.Consumer;

/** Tells people how a search goes: a line for each trial. Any number of threads. */
final class SearchProgress {
  private final Consumer<String> log;
  private final long start = System.nanoTime();
  private int total;
  private int done;
  private int trained;

  /**
   * The progress of a search.
   *
   * @param total trainings, at most
   */
  SearchProgress(int total, Consumer<String> log) {
    this.total = total;
    this.log = log;
  }

  /** A training has ended; one that was known took no time. */
  synchronized void trained(boolean known) {
    done++;
    trained += known ? 0 : 1;
  }

  /** Trainings that are not needed. */
  synchronized void leftOut(int trainings) {
    total -= trainings;
  }

  /** A trial is known. */
  synchronized void announce(Standing trial, boolean known, TuneResult all) {
    log.accept(
        String.format(
            Locale.ROOT,
            "trial %d: %s%s; best so far trial %s%s: %s",
            trial.number(),
            trial.words(),
            known
                ? ", known from before"
                : String.format(
                    Locale.ROOT, ", %d epochs in %s", trial.trained(), duration(trial.seconds())),
            all.bestJson().map(best -> best.path("trial").asText()).orElse("-"),
            left(),
            trial.trial().words()));
  }

  private String left() {
    if (trained == 0 || done >= total) {
      return String.format(Locale.ROOT, "; %d of %d trainings done", done, total);
    }
    double seconds = (System.nanoTime() - start) * 1e-9 / trained * (total - done);
    return String.format(
        Locale.ROOT, "; %d of %d trainings done, about %s left", done, total, duration(seconds));
  }

  private static String duration(double seconds) {
    long s = Math.round(seconds);
    return s < 3600
        ? String.format(Locale.ROOT, "%d:%02d", s / 60, s % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
  }
}
