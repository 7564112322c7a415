package io.destine.spark.app;

import io.destine.spark.LocalDisk;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;

/**
 * A local file system on which tasks cannot open files: they fail with the error named by the
 * setting {@value #ERROR}.
 */
public final class ErrantFileSystem extends LocalDisk {
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

  /** Fails with the error that Hadoop throws when the device is full. */
  private static void fill() throws IOException {
    try (OutputStream out = FullDisk.device()) {
      out.write(1);
    }
  }
}
