package io.destine.spark.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;

/**
 * A process that, after a line of input, acquires a lock, says "held" or why not, and keeps it
 * until its input ends.
 */
final class LockContender implements AutoCloseable {
  private final Process process;

  private LockContender(Process process) {
    this.process = process;
  }

  static LockContender start(Path lockFile) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            LockContender.class.getName(),
            lockFile.toUri().toString());
    return new LockContender(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start());
  }

  /** Lets it go ahead. */
  void go() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
  }

  /** The next line it says, after "ready". */
  String says() throws IOException {
    return process.inputReader(StandardCharsets.UTF_8).readLine();
  }

  /** Ends it as kill -9 does. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      throw new IllegalStateException("the contender must end when killed");
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** The process; its argument is the lock file's address. */
  public static void main(String[] arguments) throws IOException {
    org.apache.hadoop.fs.Path lockFile = new org.apache.hadoop.fs.Path(arguments[0]);
    FileSystem fileSystem = lockFile.getFileSystem(new Configuration(false));
    Owner owner = Owner.ofThisProcess("contender");
    System.out.println("ready");
    read();
    try (RunLock lock =
        RunLock.acquire(fileSystem, lockFile, owner, Duration.ofHours(1), Clock.systemUTC())) {
      lock.requireHeld();
      System.out.println("held");
      read();
    } catch (LockedException e) {
      System.out.println(e.getMessage());
      read();
    }
  }

  private static void read() {
    try {
      if (System.in.read() < 0) {
        throw new IOException("nobody asks any more");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
