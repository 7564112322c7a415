package io.destine.spark.nightly;

import io.destine.spark.tracking.TrackedRun;

/** Is told what nights do, by their thread. Its methods return soon and do not fail. */
public interface NightListener {
  /** Takes no notice. */
  NightListener NONE = new NightListener() {};

  /** A candidate is about to be trained; returns where its training is shown. */
  default TrackedRun training(RunName run) {
    return TrackedRun.NONE;
  }

  /**
   * A run that has trained a candidate has ended, promoted, refused or failed.
   *
   * @param directory of the model, while the call lasts and, of a promoted one, as long as it is
   *     kept
   */
  default void ended(RunRecord run, String directory) {}
}
