package io.destine.spark.app;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** A local file system, scheme full, that takes so many more files and then refuses the next. */
public final class FullDisk extends RawLocalFileSystem {
  static final AtomicInteger FILES_LEFT = new AtomicInteger();
  private static final URI ROOT = URI.create("full:///");

  /** What it says when no file is left. */
  static volatile String refusal = "No space left on device";

  @Override
  public void initialize(URI uri, Configuration configuration) throws IOException {
    super.initialize(uri, configuration);
    setConf(configuration);
  }

  @Override
  public String getScheme() {
    return "full";
  }

  @Override
  public URI getUri() {
    return ROOT;
  }

  @Override
  public FSDataOutputStream create(
      Path path, boolean overwrite, int buffer, short replication, long block, Progressable p)
      throws IOException {
    take();
    return super.create(path, overwrite, buffer, replication, block, p);
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int buffer,
      short replication,
      long block,
      Progressable p)
      throws IOException {
    take();
    return super.create(path, overwrite, buffer, replication, block, p);
  }

  private static void take() throws IOException {
    if (FILES_LEFT.getAndDecrement() <= 0) {
      throw new IOException(refusal);
    }
  }
}
