package io.destine.spark.app;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.predict.LoadedModel;
import io.destine.spark.sink.ScratchDirectory;
import java.util.Optional;

/**
 * A model opened by a command.
 *
 * @param model ready to score
 * @param config of its training, with the command's overrides and rows
 * @param scratch the files of side tables that the command has read
 */
record OpenedModel(LoadedModel model, JobConfig config, Optional<ScratchDirectory> scratch)
    implements AutoCloseable {
  @Override
  public void close() {
    model.close();
    scratch.ifPresent(ScratchDirectory::close);
  }
}
