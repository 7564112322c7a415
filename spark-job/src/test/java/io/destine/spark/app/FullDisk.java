package io.destine.spark.app;

import io.destine.spark.CreationFileSystem;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.Path;

/** A local file system, scheme full, that takes so many more files and then refuses the next. */
public final class FullDisk extends CreationFileSystem {
  static final AtomicInteger FILES_LEFT = new AtomicInteger();

  /** What it says when no file is left. */
  static volatile String refusal = "No space left on device";

  /** By Hadoop. */
  public FullDisk() {
    super("full");
  }

  @Override
  protected void beforeCreating(Path path) throws IOException {
    if (FILES_LEFT.getAndDecrement() <= 0) {
      throw new IOException(refusal);
    }
  }
}
