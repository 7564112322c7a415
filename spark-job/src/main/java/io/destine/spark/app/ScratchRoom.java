package io.destine.spark.app;

import io.destine.spark.internals.TaskErrors;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import org.apache.spark.SparkConf;

/**
 * Checks the free space in Spark's scratch directories. In local mode Spark first copies the job's
 * jar there; if that fails, it ends with several stack traces.
 */
final class ScratchRoom {
  private static final String DIRECTORIES = "spark.local.dir";

  /** Bytes that Spark writes before the first task, in addition to jars. */
  private static final long LEAST = 1 << 16;

  private ScratchRoom() {}

  /**
   * Checks the free space if tasks run in this process.
   *
   * @throws UncheckedIOException if a disk is full
   */
  static void require(SparkConf settings) {
    if (!TaskErrors.areHere(settings)) {
      return;
    }
    long bytes = LEAST;
    for (String jar : settings.get("spark.jars", "").split(",")) {
      bytes += length(jar.strip());
    }
    String chosen = System.getenv("SPARK_LOCAL_DIRS");
    String directories =
        chosen == null ? settings.get(DIRECTORIES, System.getProperty("java.io.tmpdir")) : chosen;
    require(bytes, directories);
  }

  private static void require(long bytes, String directories) {
    for (String directory : directories.split(",")) {
      File there = new File(directory.strip()).getAbsoluteFile();
      while (there != null && !there.exists()) {
        there = there.getParentFile();
      }
      if (there != null && there.getUsableSpace() < bytes) {
        String text =
            String.format(
                "Cannot write in %s, where Spark keeps temporary files: No space left on device for"
                    + " the %d MiB needed at the start",
                directory.strip(), Math.max(1, bytes >> 20));
        throw new UncheckedIOException(text, new IOException(text));
      }
    }
  }

  /** The bytes of a local file; 0 for any other file. */
  private static long length(String address) {
    try {
      URI uri = URI.create(address);
      boolean local = uri.getScheme() == null || "file".equals(uri.getScheme());
      return local && uri.getPath() != null ? new File(uri.getPath()).length() : 0;
    } catch (IllegalArgumentException e) {
      return 0;
    }
  }
}
