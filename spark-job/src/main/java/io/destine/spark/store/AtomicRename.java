package io.destine.spark.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * Renames files and directories atomically. On a local disk it bypasses the checksum files that
 * Hadoop keeps next to files, which the same rename cannot move.
 *
 * <p>On a local disk this is rename(2). Hadoop's own local rename falls back to copying if the
 * system refuses, so it is not used, except for a wrapper of the local file system. On HDFS it is
 * the name node's rename under its lock, called through FileContext, which supports {@code
 * OVERWRITE} for HDFS, WebHDFS and their mounts. For other schemes FileContext deletes the target
 * first, so that a reader may find no file; these are refused.
 */
final class AtomicRename {
  private static final Set<String> BY_NAME_NODE = Set.of("hdfs", "webhdfs", "swebhdfs", "viewfs");

  private final FileSystem fileSystem;
  private final String scheme;
  private final boolean local;

  AtomicRename(FileSystem given) {
    fileSystem = given instanceof LocalFileSystem disk ? disk.getRaw() : given;
    scheme = given.getUri().getScheme();
    local = "file".equals(scheme);
  }

  /** The message that a file can neither be replaced atomically nor created conditionally. */
  String refusal(Path path) {
    return path
        + ": "
        + scheme
        + " storage can neither replace a file atomically nor create one only if it is absent;"
        + " file, hdfs, webhdfs, swebhdfs and viewfs can, and s3a from Hadoop 3.4.2 on, which comes"
        + " with Spark 4.1 and later";
  }

  /** True if a file can be replaced atomically. */
  boolean isPossible() {
    return local || BY_NAME_NODE.contains(scheme);
  }

  /** The file system to use: on a local disk the raw one. */
  FileSystem fileSystem() {
    return fileSystem;
  }

  boolean local() {
    return local;
  }

  /**
   * Renames a file or directory to a name on the same storage, atomically replacing an existing
   * file; after a failure nothing has moved.
   */
  void over(Path from, Path to) throws IOException {
    if (!local) {
      FileContext.getFileContext(fileSystem.getUri(), fileSystem.getConf())
          .rename(from, to, Options.Rename.OVERWRITE);
    } else if (fileSystem instanceof RawLocalFileSystem) {
      Files.move(onDisk(from), onDisk(to), StandardCopyOption.ATOMIC_MOVE);
    } else if (!fileSystem.rename(from, to)) {
      throw new IOException("the file system refused");
    }
  }

  /** The path of a file on a local disk. */
  static java.nio.file.Path onDisk(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }
}
