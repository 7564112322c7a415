package io.destine.spark.ml;

import io.destine.spark.store.Fence;
import io.destine.spark.store.HadoopModelDirectory;
import io.destine.spark.store.ModelPublication;
import io.destine.spark.store.Storage;
import org.apache.hadoop.fs.Path;

/**
 * Saves a model as a model directory. It is written and verified next to an earlier one, which
 * stays in place until then and may be the directory of the model being saved.
 */
final class ModelDirectoryWriter extends StageWriter {
  private final DestineModel model;

  ModelDirectoryWriter(DestineModel model) {
    this.model = model;
  }

  @Override
  public void saveImpl(String path) {
    Path target = new Path(path);
    Path source = new Path(model.directory());
    HadoopModelDirectory from = new HadoopModelDirectory(Storage.of(hadoop(), source), source);
    ModelPublication.replacing(Storage.of(hadoop(), target), target, Fence.NONE)
        .publish(
            fresh -> {
              fresh.copy(from);
              ParamMetadata.write(fresh, model, sparkSession().version());
            });
  }
}
