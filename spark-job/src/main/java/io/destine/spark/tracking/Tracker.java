package io.destine.spark.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;

/** A tracking backend. A failed call is retried, unless {@link #isFinal}. One thread. */
interface Tracker {
  /**
   * Training begins.
   *
   * @param report of the training so far
   * @param data fingerprint of the encoded rows
   * @param resumed true if it resumes from a checkpoint
   */
  void begin(JsonNode report, String data, boolean resumed) throws IOException;

  /**
   * A step has been taken.
   *
   * @param step counted from 0 over all epochs
   */
  default void step(long millis, long step, double loss) throws IOException {}

  /** An epoch has ended; figures by name. */
  void epoch(long millis, int epoch, Map<String, Double> figures) throws IOException;

  /**
   * Figures of the training as a whole.
   *
   * @param epoch the last one
   */
  void figures(long millis, int epoch, Map<String, Double> figures) throws IOException;

  /** Tags of the training. */
  default void tags(Map<String, String> tags) throws IOException {}

  /** A file that belongs to the training. */
  default void file(String name, String text) throws IOException {}

  /** True if this tracker registers models. */
  default boolean registers() {
    return false;
  }

  /**
   * Registers the model.
   *
   * @param model its name among the models of this output
   * @param champion true if it is the live model from now on
   */
  default void register(String directory, String model, boolean champion) throws IOException {}

  /** A model is the live one; it is registered if it is not yet. */
  default void champion(String directory, String model) throws IOException {}

  /** The last call, except for files that have failed before. */
  void end(boolean finished) throws IOException;

  /** True if calls after this failure cannot succeed. */
  boolean isFinal(Exception failure);

  /** The backend, for messages. */
  String place();
}
