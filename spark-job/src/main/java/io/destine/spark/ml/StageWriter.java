package io.destine.spark.ml;

import io.destine.spark.store.OutputContents;
import io.destine.spark.store.Storage;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.MLWriter;

/** Saves a stage. Unlike Spark's own writer, it never deletes a directory with foreign files. */
abstract class StageWriter extends MLWriter {

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

  /**
   * Saves the stage on a disk of this machine, where Spark Connect keeps models that are not in
   * use. Overrides a method that Spark 3.5 does not have.
   */
  public void saveToLocal(String path) throws IOException {
    save(ModelFiles.onDisk(path));
  }

  final Configuration hadoop() {
    return sparkSession().sparkContext().hadoopConfiguration();
  }
}
