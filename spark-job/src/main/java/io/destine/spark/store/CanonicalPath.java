package io.destine.spark.store;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The canonical path of a file or directory: absolute, with the scheme, without a trailing '/' and,
 * on a local disk, with links resolved. Neither it nor the target of a link need exist.
 *
 * @param fileSystem of the path
 * @param path the full path
 */
public record CanonicalPath(FileSystem fileSystem, Path path) {
  /** Mounts of this process on Linux, a line each; the fifth word is the mount point. */
  private static final java.nio.file.Path MOUNTS = java.nio.file.Path.of("/proc/self/mountinfo");

  /** Maximum number of links to follow, as on Linux; more are taken for a cycle. */
  private static final int MOST_LINKS = 40;

  /**
   * The file or directory of a path as Hadoop reads it: not URL-encoded.
   *
   * @throws IllegalArgumentException if the text is not a path
   * @throws java.io.UncheckedIOException if its file system is unknown
   */
  public static CanonicalPath of(Configuration hadoop, String text) {
    Path given = new Path(text);
    return of(Storage.of(hadoop, given), given);
  }

  /** The file or directory of a path of a file system. */
  public static CanonicalPath of(FileSystem fileSystem, Path given) {
    Path full = fileSystem.makeQualified(given);
    String scheme = full.toUri().getScheme();
    String name = full.toUri().getPath();
    if ("file".equals(scheme)) {
      name = onDisk(java.nio.file.Path.of(name), MOST_LINKS);
      return new CanonicalPath(fileSystem, new Path(scheme, null, name));
    }
    while (name.length() > 1 && name.endsWith("/")) {
      name = name.substring(0, name.length() - 1);
    }
    return new CanonicalPath(fileSystem, new Path(scheme, full.toUri().getAuthority(), name));
  }

  private static String onDisk(java.nio.file.Path path, int links) {
    java.nio.file.Path normal = path.toAbsolutePath().normalize();
    for (java.nio.file.Path there = normal; there != null; there = there.getParent()) {
      java.nio.file.Path below = there.relativize(normal);
      Optional<java.nio.file.Path> real = real(there);
      if (real.isPresent()) {
        return real.get().resolve(below).normalize().toString();
      }
      // The target of a link may be absent, for example while it is being replaced.
      Optional<java.nio.file.Path> to = links > 0 ? linked(there) : Optional.empty();
      if (to.isPresent()) {
        return onDisk(to.get().resolve(below), links - 1);
      }
    }
    return normal.toString();
  }

  /** The path without links; empty if it cannot be read. */
  private static Optional<java.nio.file.Path> real(java.nio.file.Path path) {
    try {
      return Optional.of(path.toRealPath());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The path to which a link points; empty if it is no link. */
  private static Optional<java.nio.file.Path> linked(java.nio.file.Path path) {
    try {
      java.nio.file.Path to = Files.readSymbolicLink(path);
      return real(path.getParent()).map(parent -> parent.resolve(to));
    } catch (IOException e) {
      return Optional.empty();
    }
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

  /**
   * Checks that another directory can take the place of this one: the system refuses to rename a
   * mount point. Mount points are known on Linux.
   *
   * @throws IllegalArgumentException if it is a mount point of a local disk
   */
  public void requireReplaceable() {
    if ("file".equals(path.toUri().getScheme()) && mounted()) {
      throw new IllegalArgumentException(
          "a mount point cannot be replaced; name a directory inside it");
    }
  }

  private boolean mounted() {
    String escaped =
        name()
            .replace("\\", "\\134")
            .replace(" ", "\\040")
            .replace("\t", "\\011")
            .replace("\n", "\\012");
    Pattern line = Pattern.compile("(\\S+ ){4}" + Pattern.quote(escaped) + " .*");
    try {
      // readString would fail for a name that is not UTF-8.
      return new String(Files.readAllBytes(MOUNTS), StandardCharsets.UTF_8)
          .lines()
          .anyMatch(mount -> line.matcher(mount).matches());
    } catch (IOException e) {
      return false;
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
