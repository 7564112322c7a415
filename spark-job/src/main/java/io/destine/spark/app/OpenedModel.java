package io.destine.spark.app;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.predict.LoadedModel;

/**
 * A model that a command works with.
 *
 * @param model ready to score
 * @param config of its training, with the command's overrides and rows
 */
record OpenedModel(LoadedModel model, JobConfig config) implements AutoCloseable {
  @Override
  public void close() {
    model.close();
  }
}
