package io.destine.spark.nightly;

import io.destine.spark.store.CurrentModel;
import io.destine.spark.tracking.TrackedRun;

/** Listens to nightly runs, in their thread. Its methods must return quickly and not fail. */
public interface NightListener {
  /** A listener that does nothing. */
  NightListener NONE = new NightListener() {};

  /** Receives the live model after each call that has not failed, even if the date was finished. */
  default void live(CurrentModel model) {}

  /** A candidate is about to be trained; returns its run in experiment tracking. */
  default TrackedRun training(RunName run) {
    return TrackedRun.NONE;
  }

  /**
   * A run has ended: promoted, refused or failed, possibly before a candidate was trained. Not
   * called if the input of the day is missing or incomplete.
   *
   * @param directory of the model; exists if the model has been promoted, as long as it is kept
   */
  default void ended(RunRecord run, String directory) {}
}
