package io.destine.spark.encode;

import io.destine.spark.store.OutputContents;
import io.destine.spark.store.Siblings;
import io.destine.spark.store.Storage;
import io.destine.spark.store.StorageOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Files of a data set on a Hadoop file system; errors name the path. */
final class DataFiles {
  private final Configuration hadoop;

  DataFiles(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  boolean exists(String path) {
    return io(path, (fs, p) -> fs.exists(p));
  }

  String read(String path) {
    return io(
        path,
        (fs, p) -> {
          try (InputStream in = fs.open(p)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
          }
        });
  }

  void write(String path, String text) {
    io(
        path,
        (fs, p) -> {
          try (OutputStream out = StorageOutput.create(fs, p, true)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
          }
          return true;
        });
  }

  void delete(String path) {
    io(path, (fs, p) -> fs.delete(p, true));
  }

  /** Renames to a path that does not exist. */
  void rename(String from, String to) {
    io(
        from,
        (fs, p) -> {
          Storage.rename(fs, p, new Path(to));
          return true;
        });
  }

  /** See {@link Storage#writesInPlace}. */
  boolean writesInPlace(String path) {
    return io(path, (fs, p) -> Storage.writesInPlace(fs));
  }

  void makeDirectory(String path) {
    io(path, (fs, p) -> fs.mkdirs(p));
  }

  OutputContents contents(String path) {
    return io(path, OutputContents::of);
  }

  Siblings siblings(String path) {
    return io(path, Siblings::new);
  }

  FileStatus status(String path) {
    return io(path, (fs, p) -> fs.getFileStatus(p));
  }

  private <T> T io(String path, Action<T> action) {
    Path p = new Path(path);
    try {
      return action.apply(p.getFileSystem(hadoop), p);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot access " + path + ": " + e.getMessage(), e);
    }
  }

  private interface Action<T> {
    T apply(FileSystem fs, Path path) throws IOException;
  }
}
