package io.destine.spark.store;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The canonical path of a file or directory: absolute, with the scheme, without a trailing '/' and,
 * on a local disk, with links resolved. It need not exist.
 *
 * @param fileSystem of the path
 * @param path the full path
 */
public record CanonicalPath(FileSystem fileSystem, Path path) {

  /**
   * The file or directory of a path as Hadoop reads it: not URL-encoded.
   *
   * @throws IllegalArgumentException if the text is not a path
   * @throws java.io.UncheckedIOException if its file system is unknown
   */
  public static CanonicalPath of(Configuration hadoop, String text) {
    Path given = new Path(text);
    FileSystem fileSystem = Storage.of(hadoop, given);
    Path full = fileSystem.makeQualified(given);
    String scheme = full.toUri().getScheme();
    String name = full.toUri().getPath();
    if ("file".equals(scheme)) {
      name = onDisk(java.nio.file.Path.of(name));
      return new CanonicalPath(fileSystem, new Path(scheme, null, name));
    }
    while (name.length() > 1 && name.endsWith("/")) {
      name = name.substring(0, name.length() - 1);
    }
    return new CanonicalPath(fileSystem, new Path(scheme, full.toUri().getAuthority(), name));
  }

  private static String onDisk(java.nio.file.Path path) {
    java.nio.file.Path normal = path.toAbsolutePath().normalize();
    for (java.nio.file.Path there = normal; there != null; there = there.getParent()) {
      if (Files.exists(there)) {
        try {
          return there.toRealPath().resolve(there.relativize(normal)).normalize().toString();
        } catch (IOException e) {
          return normal.toString();
        }
      }
    }
    return normal.toString();
  }

  /**
   * Checks the path of an output. Names of other files are derived from its name, and Hadoop treats
   * the part before a colon at the start of a path as a scheme. Hadoop's file systems for web
   * addresses report every address as a file, and cannot write.
   *
   * @throws IllegalArgumentException if its name has a colon, or it is a web address
   */
  public void requireWritable() {
    String scheme = path.toUri().getScheme();
    if (scheme.equals("http") || scheme.equals("https")) {
      throw new IllegalArgumentException(
          scheme + " addresses cannot be written; name a path of hdfs, s3a, file or the like");
    }
    if (path.getName().contains(":")) {
      throw new IllegalArgumentException(
          "a name must have no colon: Hadoop takes the part before it for a scheme");
    }
  }

  /** The contents of the path. */
  public OutputContents contents() {
    return OutputContents.of(fileSystem, path);
  }

  /** The lock of a directory of results: next to it, since the directory itself is renamed. */
  public Path lock() {
    return new Path(path.getParent(), "." + path.getName() + ".lock");
  }

  /** True if the other path is the same. */
  public boolean is(CanonicalPath other) {
    return sameStorage(other) && name().equals(other.name());
  }

  /** True if the other path is inside this one. */
  public boolean holds(CanonicalPath other) {
    String prefix = name().endsWith("/") ? name() : name() + "/";
    return sameStorage(other) && !is(other) && other.name().startsWith(prefix);
  }

  // An HDFS may have several names, for example one for each name node; on other storage this part
  // of the address is a bucket or a container.
  private boolean sameStorage(CanonicalPath other) {
    URI own = path.toUri();
    URI others = other.path.toUri();
    return own.getScheme().equals(others.getScheme())
        && (own.getScheme().endsWith("hdfs")
            || Objects.equals(own.getAuthority(), others.getAuthority()));
  }

  private String name() {
    return path.toUri().getPath();
  }

  /** A full path for display, without the scheme on a local disk. */
  public static String shown(Path path) {
    return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
  }

  @Override
  public String toString() {
    return shown(path);
  }
}
