package io.destine.spark.store;

import io.destine.spark.LocalDisk;
import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * A local disk without hard links. Each file is a directory with the text in it, and link(2)
 * refuses a directory with the error that it gives on such disks.
 */
final class LinklessDisk extends FilterFileSystem {
  LinklessDisk() throws IOException {
    super(new LocalDisk.Raw());
    initialize(URI.create("file:///"), new Configuration(false));
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    return fs.create(text(path), overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    return super.open(text(path), bufferSize);
  }

  private static Path text(Path path) {
    return new Path(path, "text");
  }
}
