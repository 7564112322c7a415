package io.destine.spark.store;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A file that is being written. If a local disk is full, Hadoop throws an Error, which bypasses the
 * code that adds the path and cleans up; this class throws the underlying exception instead.
 */
public final class StorageOutput extends OutputStream {
  private final OutputStream file;

  private StorageOutput(OutputStream file) {
    this.file = file;
  }

  /** Creates a file, like the file system's method. */
  public static OutputStream create(FileSystem fileSystem, Path path, boolean overwrite)
      throws IOException {
    try {
      return new StorageOutput(fileSystem.create(path, overwrite));
    } catch (FSError e) {
      throw cause(e);
    }
  }

  /** The error as an exception. */
  static IOException cause(FSError e) {
    return e.getCause() instanceof IOException cause ? cause : new IOException(e);
  }

  @Override
  public void write(int b) throws IOException {
    try {
      file.write(b);
    } catch (FSError e) {
      throw cause(e);
    }
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    try {
      file.write(bytes, from, length);
    } catch (FSError e) {
      throw cause(e);
    }
  }

  @Override
  public void flush() throws IOException {
    try {
      file.flush();
    } catch (FSError e) {
      throw cause(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      file.close();
    } catch (FSError e) {
      throw cause(e);
    }
  }
}
