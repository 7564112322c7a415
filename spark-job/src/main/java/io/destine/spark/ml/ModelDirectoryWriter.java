package io.destine.spark.ml;

import io.destine.spark.store.Fence;
import io.destine.spark.store.ModelPublication;
import io.destine.spark.store.OutputContents;
import io.destine.spark.store.Storage;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.MLWriter;

/**
 * Saves a model as a model directory. It is written beside its place and put there whole, so that
 * an earlier one stays until then.
 */
final class ModelDirectoryWriter extends MLWriter {
  private final DestineModel model;

  ModelDirectoryWriter(DestineModel model) {
    this.model = model;
  }

  /** Spark's own deletes what is there before it writes. */
  @Override
  public void save(String path) throws IOException {
    Path target = new Path(path);
    FileSystem fileSystem = Storage.of(hadoop(), target);
    if (!shouldOverwrite() && !OutputContents.of(fileSystem, target).isFree()) {
      throw new FileAlreadyExistsException(
          "Path " + path + " already exists. To overwrite it, please use write().overwrite()");
    }
    saveImpl(path);
  }

  @Override
  public void saveImpl(String path) {
    Path target = new Path(path);
    Path from = new Path(model.directory());
    ModelPublication.replacing(Storage.of(hadoop(), target), target, Fence.NONE)
        .publish(
            fresh -> {
              Storage.copy(hadoop(), from, fresh.root());
              ParamMetadata.write(fresh, model, sparkSession().version());
            });
  }

  private Configuration hadoop() {
    return sparkSession().sparkContext().hadoopConfiguration();
  }
}
