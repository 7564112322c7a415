package io.destine.spark.train;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A driver in a JVM of its own, {@link ClusterRuns}, that says on its standard output what it has
 * done and is told on its standard input what to do. Not thread-safe, except for signals and
 * executors.
 */
final class DriverProcess implements AutoCloseable {
  /** For so long it may say nothing. */
  private static final long PATIENCE_SECONDS = 180;

  private static final long DUMP_SECONDS = 5;

  private final Process process;
  private final Path log;

  /** What it has said and nobody has heard yet; empty behind the last line. */
  private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

  private final StringBuilder said = new StringBuilder();
  private boolean killed;
  private final Set<SignalledProcess> executors = ConcurrentHashMap.newKeySet();

  /** Starts it. */
  DriverProcess(Path directory, String... arguments) throws IOException {
    log = Files.createTempFile(directory, "driver", ".log");
    process =
        ChildJvm.builder(directory, List.of(), ClusterRuns.class, arguments)
            .redirectError(log.toFile())
            .start();
    ObservedCluster.inBackground(this::listen);
  }

  private void listen() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      String line = reader.readLine();
      while (line != null) {
        lines.add(Optional.of(line));
        line = reader.readLine();
      }
    } catch (IOException e) {
      // It has ended.
    }
    lines.add(Optional.empty());
  }

  /**
   * What it says next, null when it has ended.
   *
   * @throws AssertionError with the end of its log and what its threads do, when it says nothing
   */
  String next() throws InterruptedException {
    Optional<String> line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (line == null) {
      signals().dumpThreads();
      Optional<String> dump = lines.poll(DUMP_SECONDS, TimeUnit.SECONDS);
      while (dump != null && dump.isPresent()) {
        said.append(dump.get()).append('\n');
        dump = lines.poll(DUMP_SECONDS, TimeUnit.SECONDS);
      }
      throw failure("must say something within " + PATIENCE_SECONDS + " s");
    }
    line.ifPresent(text -> said.append(text).append('\n'));
    return line.orElse(null);
  }

  /** Tells it something; one that has ended does not hear it. */
  void tell(String line) {
    try {
      Writer writer = process.outputWriter(StandardCharsets.UTF_8);
      writer.write(line + "\n");
      writer.flush();
    } catch (IOException e) {
      // What is next says that it has ended.
    }
  }

  SignalledProcess signals() {
    return new SignalledProcess(process.toHandle());
  }

  /** Kills it; false when that has been done before, or it has ended. */
  synchronized boolean kill() {
    if (killed || !process.isAlive()) {
      return false;
    }
    // Those that outlive it can be found no more.
    executors();
    signals().kill();
    killed = true;
    return true;
  }

  /** Its executors that run now. */
  List<SignalledProcess> executors() {
    List<SignalledProcess> found = ExecutorProcess.of(process.toHandle());
    executors.addAll(found);
    return found;
  }

  /** The exit code, when it says nothing more. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw failure("must end within " + PATIENCE_SECONDS + " s");
    }
    return process.exitValue();
  }

  /** What it has written on standard error. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A failure with the end of the log. */
  AssertionError failure(String what) {
    return new AssertionError(
        "the driver " + what + "\n" + ChildJvm.end(log()) + "\n" + ChildJvm.end(said.toString()));
  }

  /** Ends it and the executors that have been asked for, if they have not ended. */
  @Override
  public void close() {
    executors.forEach(executor -> executor.process().destroyForcibly());
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
