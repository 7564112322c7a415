package io.destine.spark.store;

import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The path of a directory of results, in the one way to write it: with scheme and authority,
 * without "." and "..", and, on a local disk, without symbolic links.
 *
 * @param fileSystem on which it is
 * @param path in full
 */
public record OutputPath(FileSystem fileSystem, Path path) {

  /** The path that a text means, from the working directory if it is relative. */
  public static OutputPath of(Configuration hadoop, String text) {
    Path given = new Path(text);
    FileSystem fileSystem = Storage.of(hadoop, given);
    // By way of a text, which loses a '/' at the end.
    Path full = new Path(fileSystem.makeQualified(given).toString());
    return new OutputPath(fileSystem, full.toUri().getScheme().equals("file") ? real(full) : full);
  }

  /** With the links resolved of what is there already. */
  private static Path real(Path path) {
    Path there = path;
    String rest = "";
    while (there != null) {
      java.nio.file.Path onDisk = AtomicRename.onDisk(there);
      if (Files.exists(onDisk)) {
        try {
          return new Path(new Path(onDisk.toRealPath().toUri()) + rest);
        } catch (IOException e) {
          return path;
        }
      }
      rest = "/" + there.getName() + rest;
      there = there.getParent();
    }
    return path;
  }

  /** The contents of the path. */
  public OutputContents contents() {
    return OutputContents.of(fileSystem, path);
  }

  /** True when the other is the same directory or lies inside. */
  public boolean contains(OutputPath other) {
    for (Path p = other.path; p != null; p = p.getParent()) {
      if (p.equals(path)) {
        return true;
      }
    }
    return false;
  }

  /** The lock of this output: beside it, since the directory itself is renamed. */
  public Path lock() {
    return new Path(path.getParent(), "." + path.getName() + ".lock");
  }
}
