package io.destine.spark.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.destine.spark.LocalDisk;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is held up while it creates its lock, on a file system with the rules of HDFS. */
class DelayedCreatorTest {
  private static final Duration LEASE = Duration.ofHours(1);
  private static final Instant START = Instant.parse("2026-03-01T02:00:00Z");
  private static final Owner SELF = Owner.ofThisProcess("application_7");

  @TempDir java.nio.file.Path temporary;
  private final HandClock clock = new HandClock(START);

  /** A local directory with the scheme hdfs, in which a rename does not replace a file. */
  private static class NamedDisk extends LocalDisk.Raw {
    private static final URI NAME = URI.create("hdfs://test");

    NamedDisk() throws IOException {
      initialize(NAME, new Configuration(false));
    }

    @Override
    public URI getUri() {
      return NAME;
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
      return exists(from) && !exists(to) && super.rename(from, to);
    }
  }

  /** One on which something happens at the first write, which then may fail. */
  private static final class HeldUp extends NamedDisk {
    private Runnable meanwhile;
    private final boolean fails;

    HeldUp(Runnable meanwhile, boolean fails) throws IOException {
      this.meanwhile = meanwhile;
      this.fails = fails;
    }

    @Override
    public FSDataOutputStream create(
        Path path,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      OutputStream out =
          super.create(path, overwrite, bufferSize, replication, blockSize, progress);
      return new FSDataOutputStream(
          new FilterOutputStream(out) {
            @Override
            public void write(byte[] bytes, int at, int length) throws IOException {
              if (meanwhile != null) {
                Runnable first = meanwhile;
                meanwhile = null;
                first.run();
                if (fails) {
                  throw new IOException("the lease of the file has gone");
                }
              }
              out.write(bytes, at, length);
            }
          },
          null);
    }
  }

  /** After the lease another run takes over the lock, which looks abandoned. */
  private void take(RunLock[] successor, NamedDisk disk) {
    clock.now = Instant.now().plus(LEASE.multipliedBy(2));
    successor[0] = RunLock.acquire(disk, path(), SELF, LEASE, clock);
  }

  @Test
  void aCreatorWhoseWriteFailsTooLateLeavesTheLockOfItsSuccessor() throws IOException {
    NamedDisk disk = new NamedDisk();
    RunLock[] successor = new RunLock[1];
    HeldUp late = new HeldUp(() -> take(successor, disk), true);
    assertThatThrownBy(() -> RunLock.acquire(late, path(), SELF, LEASE, clock))
        .hasMessageContaining("the lease of the file has gone");
    successor[0].requireHeld();
    successor[0].close();
  }

  @Test
  void aCreatorThatIsDoneTooLateDoesNotHoldTheLockOfItsSuccessor() throws IOException {
    NamedDisk disk = new NamedDisk();
    RunLock[] successor = new RunLock[1];
    HeldUp late = new HeldUp(() -> take(successor, disk), false);
    assertThatThrownBy(() -> RunLock.acquire(late, path(), SELF, LEASE, clock))
        .isInstanceOf(LockedException.class)
        .hasMessageContaining(" is held by " + SELF);
    successor[0].requireHeld();
    successor[0].close();
    assertThat(temporary.resolve("nightly.lock")).doesNotExist();
  }

  private Path path() {
    return new Path("hdfs://test" + temporary.resolve("nightly.lock"));
  }
}
