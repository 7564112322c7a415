package io.destine.spark.app;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;

/**
 * A local file system whose files a task cannot open: it has the error that the setting {@value
 * #ERROR} names.
 */
public final class ErrantFileSystem extends LocalFileSystem {
  static final String ERROR = "destine.test.error";

  @Override
  public FSDataInputStream open(Path path, int buffer) throws IOException {
    if (TaskContext.get() != null) {
      switch (getConf().get(ERROR, "")) {
        case "memory" -> throw new OutOfMemoryError("a test");
        case "stack" -> throw new StackOverflowError();
        case "disk" -> fill();
        default -> {}
      }
    }
    return super.open(path, buffer);
  }

  /** Meets the error that Hadoop throws for a device without space. */
  private static void fill() throws IOException {
    try (OutputStream out = FullDisk.device()) {
      out.write(1);
    }
  }
}
