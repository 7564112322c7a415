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
 * The atomic operations of an object store: a file exists completely once its stream is closed, and
 * a conditional write of a file succeeds only if no file with that name exists.
 *
 * <p>S3A sends this condition since Hadoop 3.4.2, as {@code If-None-Match: *}; the file system then
 * has the path capability {@value #CAPABILITY}.
 */
final class ConditionalCreate {
  /** Option for creating a file, and the path capability of file systems that support it. */
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
      throw Storage.failure("query the capabilities of", root, e);
    }
  }

  /**
   * Checks, by creating a file twice, that the store honours conditions: some servers ignore the
   * header.
   *
   * @param directory of the file
   * @throws IllegalArgumentException if the store ignores conditions
   */
  void require(Path directory) {
    Path probe = new Path(directory, ".probe-" + UUID.randomUUID());
    try {
      boolean first = create(probe, "first");
      boolean second = create(probe, "second");
      if (!first || second) {
        throw new IllegalArgumentException(
            directory
                + ": this object store ignores the header If-None-Match, which creates a file"
                + " only if it is absent; use one that supports it, such as Amazon S3, or HDFS");
      }
    } catch (IOException e) {
      throw Storage.failure("create", probe, e);
    } finally {
      Storage.delete(fileSystem, probe);
    }
  }

  /**
   * Creates a file with a text if no file with that name exists.
   *
   * @param text unique to this process
   * @return false if a file with another text exists; true also if the existing file has this text,
   *     because the answer to an earlier attempt was lost
   */
  boolean create(Path path, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    IOException refusal;
    try {
      write(conditional(path), bytes);
      return true;
    } catch (IOException e) {
      // Stores report a refusal in different ways; the current state decides.
      refusal = e;
    }
    Optional<byte[]> there = Storage.read(fileSystem, path);
    if (there.isEmpty()) {
      throw refusal;
    }
    return Arrays.equals(there.get(), bytes);
  }

  /** Writes a file, replacing an existing one. */
  void replace(Path path, String text) throws IOException {
    write(fileSystem.create(path, true), text.getBytes(StandardCharsets.UTF_8));
  }

  private FSDataOutputStream conditional(Path path) throws IOException {
    FSDataOutputStreamBuilder<?, ?> builder = fileSystem.createFile(path);
    builder.recursive();
    builder.must(CAPABILITY, true);
    return (FSDataOutputStream) builder.build();
  }

  /** A failed stream is abandoned, not closed: closing would store the data written so far. */
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
