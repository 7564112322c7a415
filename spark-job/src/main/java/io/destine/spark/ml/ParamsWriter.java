package io.destine.spark.ml;

import io.destine.spark.store.HadoopModelDirectory;
import io.destine.spark.store.OutputContents;
import io.destine.spark.store.OutputKind;
import io.destine.spark.store.Storage;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.Params;

/** Saves a stage that consists only of parameters. */
final class ParamsWriter extends StageWriter {
  private final Params stage;

  ParamsWriter(Params stage) {
    this.stage = stage;
  }

  @Override
  public void saveImpl(String path) {
    Path target = new Path(path);
    FileSystem fileSystem = Storage.of(hadoop(), target);
    OutputContents there = OutputContents.of(fileSystem, target);
    HadoopModelDirectory directory = new HadoopModelDirectory(fileSystem, target);
    if (!there.isFree()
        && (there.kind() == OutputKind.FILE || !ParamMetadata.areAllOf(directory))) {
      throw new IllegalArgumentException(
          path
              + " holds "
              + there.words()
              + "; only a saved "
              + stage.getClass().getSimpleName()
              + " can be overwritten");
    }
    ParamMetadata.write(directory, stage, sparkSession().version());
  }
}
