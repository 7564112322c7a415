package io.destine.spark.app;

import io.destine.spark.CreationFileSystem;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/**
 * A local file system, scheme full, that allows {@code FILES_LEFT} more files to be created and
 * refuses the next one.
 */
public final class FullDisk extends CreationFileSystem {
  static final AtomicInteger FILES_LEFT = new AtomicInteger();

  /** What it says when no file is left; if empty, files are created but take no byte. */
  static volatile String refusal = "No space left on device";

  /** Called by Hadoop. */
  public FullDisk() {
    this("full");
  }

  private FullDisk(String scheme) {
    super(scheme);
  }

  /** The same with the scheme file. */
  public static final class Local extends LocalFileSystem {
    /** Called by Hadoop. */
    public Local() {
      super(new FullDisk("file"));
    }
  }

  @Override
  protected void beforeCreating(Path path) throws IOException {
    if (FILES_LEFT.getAndDecrement() <= 0 && !refusal.isEmpty()) {
      throw new IOException(refusal);
    }
  }

  @Override
  public FSDataOutputStream create(
      Path path, boolean overwrite, int buffer, short replication, long block, Progressable p)
      throws IOException {
    return withRoom(super.create(path, overwrite, buffer, replication, block, p));
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
    return withRoom(super.create(path, permission, overwrite, buffer, replication, block, p));
  }

  private FSDataOutputStream withRoom(FSDataOutputStream file) throws IOException {
    if (FILES_LEFT.get() >= 0 || !refusal.isEmpty()) {
      return file;
    }
    file.close();
    return device();
  }

  /** A stream with the error that Hadoop throws for a device without space. */
  static FSDataOutputStream device() throws IOException {
    RawLocalFileSystem disk = new RawLocalFileSystem();
    disk.initialize(URI.create("file:///"), new Configuration(false));
    return disk.create(new Path("/dev/full"), true, 1, (short) 1, 1 << 20, null);
  }
}
