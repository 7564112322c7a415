package io.destine.spark.ml;

import io.destine.spark.store.HadoopModelDirectory;
import io.destine.spark.store.Storage;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.MLWriter;

/** Saves a stage that has parameters only. */
final class ParamsWriter extends MLWriter {
  private final Params stage;

  ParamsWriter(Params stage) {
    this.stage = stage;
  }

  @Override
  public void saveImpl(String path) {
    Path directory = new Path(path);
    FileSystem fileSystem =
        Storage.of(sparkSession().sparkContext().hadoopConfiguration(), directory);
    ParamMetadata.write(
        new HadoopModelDirectory(fileSystem, directory), stage, sparkSession().version());
  }
}
