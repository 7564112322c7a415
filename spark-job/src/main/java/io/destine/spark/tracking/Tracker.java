package io.destine.spark.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;

/**
 * A place where a training is shown. A call that has failed is made again, unless {@link #isFinal}.
 * One thread.
 */
interface Tracker {
  /**
   * Training begins.
   *
   * @param report of the training, as far as it is known
   * @param data fingerprint of the encoded rows
   * @param resumed true when it resumes from a checkpoint
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

  /** The figures of the training. */
  default void tags(Map<String, String> tags) throws IOException {}

  /** A file that belongs to the training. */
  default void file(String name, String text) throws IOException {}

  /** True when models are registered here. */
  default boolean registers() {
    return false;
  }

  /**
   * The model is to be used.
   *
   * @param model its name among the models of this output
   * @param champion true when it is the live one from now on
   */
  default void register(String directory, String model, boolean champion) throws IOException {}

  /** A model that has been registered is the live one again. */
  default void champion(String model) throws IOException {}

  /** Nothing more is said. */
  void end(boolean finished) throws IOException;

  /** True when calls after this failure have no chance. */
  boolean isFinal(Exception failure);

  /** The place, for messages. */
  String place();
}
