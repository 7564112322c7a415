package io.destine.spark.ml;

import io.destine.spark.store.Storage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
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
    Path file = new Path(path, ParamMetadata.FILE);
    FileSystem fileSystem = Storage.of(sparkSession().sparkContext().hadoopConfiguration(), file);
    try (OutputStream out = fileSystem.create(file, false)) {
      out.write(ParamMetadata.of(stage, sparkSession().version()).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw Storage.failure("write", file, e);
    }
  }
}
