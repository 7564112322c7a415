package io.destine.spark.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The single steps of an object store: a file exists, whole, when its stream is closed, and one
 * that is written on the condition that there is none of its name replaces nothing.
 *
 * <p>S3A sends that condition from Hadoop 3.4.2 on, as {@code If-None-Match: *}; the file system
 * then has the path capability {@value #CAPABILITY}.
 */
final class ConditionalCreate {
  /** Option of a file to be created, and what a file system that knows it is asked for. */
  static final String CAPABILITY = "fs.option.create.conditional.overwrite";

  private final FileSystem fileSystem;

  ConditionalCreate(FileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  /** True when the file system sends conditions. */
  boolean isPossible() {
    Path root = new Path(fileSystem.getUri().toString(), "/");
    try {
      return fileSystem.hasPathCapability(root, CAPABILITY);
    } catch (IOException e) {
      throw Storage.failure("ask for the capabilities of", root, e);
    }
  }

  /**
   * Checks, by a file that is created twice, that the store heeds conditions: some servers ignore
   * the header.
   *
   * @param directory in which the file is
   * @throws IllegalArgumentException when it does not
   */
  void require(Path directory) {
    Path probe = new Path(directory, ".probe-" + UUID.randomUUID());
    try {
      boolean first = create(probe, "first");
      boolean second = create(probe, "second");
      if (!first || second) {
        throw new IllegalArgumentException(
            directory
                + ": this object store ignores the header If-None-Match, by which a file is"
                + " created only if there is none of its name; use one that heeds it, such as"
                + " Amazon S3, or HDFS");
      }
    } catch (IOException e) {
      throw Storage.failure("create", probe, e);
    } finally {
      Storage.delete(fileSystem, probe);
    }
  }

  /**
   * Creates a file with a text unless there is one of its name.
   *
   * @param text which no other process writes
   * @return false when there is one; true also when it is this one, whose first answer was lost
   */
  boolean create(Path path, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    IOException refusal;
    try {
      write(conditional(path), bytes);
      return true;
    } catch (IOException e) {
      // Stores tell a refusal in several ways; the present state decides.
      refusal = e;
    }
    Optional<byte[]> there = Storage.read(fileSystem, path);
    if (there.isEmpty()) {
      throw refusal;
    }
    return Arrays.equals(there.get(), bytes);
  }

  /** Writes a file, also over another. */
  void replace(Path path, String text) throws IOException {
    write(fileSystem.create(path, true), text.getBytes(StandardCharsets.UTF_8));
  }

  private FSDataOutputStream conditional(Path path) throws IOException {
    FSDataOutputStreamBuilder<?, ?> builder = fileSystem.createFile(path);
    builder.recursive();
    builder.must(CAPABILITY, true);
    return (FSDataOutputStream) builder.build();
  }

  /** A stream that fails is not closed, which would store what it has; it is given up. */
  private static void write(FSDataOutputStream out, byte[] bytes) throws IOException {
    try {
      out.write(bytes);
    } catch (IOException e) {
      out.abort();
      throw e;
    }
    out.close();
  }
}
