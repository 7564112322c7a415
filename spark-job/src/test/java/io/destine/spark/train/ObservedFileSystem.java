package io.destine.spark.train;

import io.destine.spark.CreationFileSystem;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** A local file system, scheme observed, that tells a test which files were written or read. */
public final class ObservedFileSystem extends CreationFileSystem {
  static final String SCHEME = "observed";

  /** Callbacks of a test after files have been written or read. */
  interface Observer {
    /** A file has been written and closed. */
    default void written(java.nio.file.Path file) throws IOException {}

    /** A file has been read and closed. */
    default void read(java.nio.file.Path file) throws IOException {}
  }

  private static volatile Observer observer = new Observer() {};

  /** Sets the observer of all files from now on. */
  static void observe(Observer next) {
    observer = next;
  }

  /** Flips the lowest bit of a byte of a file. */
  static void flip(java.nio.file.Path file, int at) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      bytes[at] ^= 1;
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static java.nio.file.Path onDisk(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }

  /** Called by Hadoop. */
  public ObservedFileSystem() {
    super(SCHEME);
  }

  @Override
  protected void beforeCreating(Path path) {}

  @Override
  public FSDataInputStream open(Path path, int buffer) throws IOException {
    return new FSDataInputStream(super.open(path, buffer)) {
      @Override
      public void close() throws IOException {
        super.close();
        observer.read(onDisk(path));
      }
    };
  }

  @Override
  public FSDataOutputStream create(
      Path path, boolean overwrite, int buffer, short replication, long block, Progressable p)
      throws IOException {
    OutputStream out = super.create(path, overwrite, buffer, replication, block, p);
    return new FSDataOutputStream(
        new FilterOutputStream(out) {
          @Override
          public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
          }

          @Override
          public void close() throws IOException {
            super.close();
            observer.written(onDisk(path));
          }
        },
        null);
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
    return create(path, overwrite, buffer, replication, block, p);
  }
}
