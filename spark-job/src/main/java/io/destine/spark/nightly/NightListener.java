package io.destine.spark.nightly;

import io.destine.spark.store.CurrentModel;
import io.destine.spark.tracking.TrackedRun;

/** Listens to nightly runs, in their thread. Its methods must return quickly and not fail. */
public interface NightListener {
  /** A listener that does nothing. */
  NightListener NONE = new NightListener() {};

  /**
   * Receives the live model after each {@link NightlyJob#run} that has not failed, even if the date
   * was finished.
   */
  default void live(CurrentModel model) {}

  /** A candidate is about to be trained; returns its run in experiment tracking. */
  default TrackedRun training(RunName run) {
    return TrackedRun.NONE;
  }

  /**
   * A run has ended: promoted, refused or failed, possibly before a candidate was trained. A run
   * whose candidate is identical to the live model counts as promoted, with the name of the live
   * model in its record. Not called if the input of the day is missing or incomplete.
   *
   * @param directory of the candidate; exists if the run has published it, as long as it is kept
   */
  default void ended(RunRecord run, String directory) {}
}
