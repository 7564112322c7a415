package io.destine.spark.train;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;

/** A local file system, scheme held, whose files of some name are created when a test says so. */
public final class HeldFileSystem extends RawLocalFileSystem {
  private static final URI ROOT = URI.create("held:///");
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

  @Override
  public void initialize(URI uri, Configuration configuration) throws IOException {
    super.initialize(uri, configuration);
    setConf(configuration);
  }

  @Override
  public String getScheme() {
    return "held";
  }

  @Override
  public URI getUri() {
    return ROOT;
  }

  @Override
  public FSDataOutputStream create(
      Path path, boolean overwrite, int buffer, short replication, long block, Progressable p)
      throws IOException {
    hold.pass(path);
    return super.create(path, overwrite, buffer, replication, block, p);
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int buffer,
      short replication,
      long block,
      Progressable p)
      throws IOException {
    hold.pass(path);
    return super.create(path, permission, overwrite, buffer, replication, block, p);
  }
}
