package io.destine.spark.train;

import io.destine.spark.CreationFileSystem;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.apache.hadoop.fs.Path;

/**
 * A local file system, scheme held, in which the creation of files with certain names waits for a
 * test.
 */
public final class HeldFileSystem extends CreationFileSystem {
  private static volatile Hold hold = new Hold(path -> false);

  /** Holds up the creation of files. */
  public static final class Hold {
    private final Predicate<String> paths;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile String failure;

    private Hold(Predicate<String> paths) {
      this.paths = paths;
    }

    /** Waits until a file is held up. */
    void awaitReached() {
      await(reached);
    }

    /** Files are created from now on. */
    public void end() {
      over.countDown();
    }

    /** The file that is held up cannot be created. */
    void fail(String why) {
      failure = why;
      over.countDown();
    }

    private static void await(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private void pass(Path path) throws IOException {
      if (paths.test(path.toString())) {
        reached.countDown();
        await(over);
        if (failure != null) {
          throw new IOException(failure);
        }
      }
    }
  }

  /** From now on files of such paths are held up. */
  public static Hold hold(Predicate<String> paths) {
    Hold next = new Hold(paths);
    hold = next;
    return next;
  }

  /** Called by Hadoop. */
  public HeldFileSystem() {
    super("held");
  }

  @Override
  protected void beforeCreating(Path path) throws IOException {
    hold.pass(path);
  }
}
