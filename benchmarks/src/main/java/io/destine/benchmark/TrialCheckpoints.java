package io.destine.benchmark;

import io.destine.artifact.LocalModelDirectory;
import io.destine.artifact.Manifest;
import io.destine.artifact.ModelReader;
import io.destine.artifact.ModelWriter;
import io.destine.model.Destine;
import io.destine.optim.StatefulOptimizer;
import io.destine.param.Snapshot;
import io.destine.train.Checkpoints;
import io.destine.train.TrainingListener;
import io.destine.train.TrainingState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Writes checkpoints at a fixed interval in seconds, in the background or while the training waits,
 * each replacing the previous one. Also measures the time of steps meanwhile, including everything
 * between them. The first step of an epoch is left out.
 */
final class TrialCheckpoints implements Checkpoints, TrainingListener, AutoCloseable {
  private final Destine network;
  private final StatefulOptimizer optimizer;
  private final double seconds;
  private final boolean standingStill;
  private final Path directory;
  private CompletableFuture<Void> writing = CompletableFuture.completedFuture(null);
  private Snapshot snapshot;
  private long lastNanos;
  private long mark;
  private long nanos;
  private long longest;
  private long steps;
  private long stepsWhileWriting;
  private long writingNanos;
  private int written;
  private long mostSaved;

  TrialCheckpoints(
      Destine network, StatefulOptimizer optimizer, double seconds, boolean standingStill) {
    this.network = network;
    this.optimizer = optimizer;
    this.seconds = seconds;
    this.standingStill = standingStill;
    try {
      directory = Files.createTempDirectory("destine-checkpoint-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    restart();
  }

  /** Discards all measurements. */
  void restart() {
    writing.join();
    nanos = 0;
    longest = 0;
    steps = 0;
    stepsWhileWriting = 0;
    writingNanos = 0;
    written = 0;
    mostSaved = 0;
    lastNanos = System.nanoTime();
  }

  @Override
  public void stepped(int epoch, int step, int ofEpoch, long rows, double loss) {
    long now = System.nanoTime();
    if (step > 0) {
      steps++;
      nanos += now - mark;
      longest = Math.max(longest, now - mark);
      stepsWhileWriting += writing.isDone() ? 0 : 1;
    }
    mark = now;
    if (snapshot != null && snapshot.isOpen()) {
      mostSaved = Math.max(mostSaved, snapshot.savedBytes());
    }
  }

  @Override
  public boolean due(long taken) {
    return seconds > 0 && writing.isDone() && System.nanoTime() - lastNanos > seconds * 1e9;
  }

  @Override
  public void keep(TrainingState state, long taken, boolean best) {
    if (!due(taken)) {
      return;
    }
    writing.join();
    lastNanos = System.nanoTime();
    snapshot = optimizer.snapshot();
    Snapshot current = snapshot;
    writing = CompletableFuture.runAsync(() -> write(current), work -> new Thread(work).start());
    if (standingStill) {
      writing.join();
    }
  }

  private void write(Snapshot current) {
    long start = System.nanoTime();
    clear();
    LocalModelDirectory model = new LocalModelDirectory(directory);
    try (current) {
      new ModelWriter(model).write(Manifest.describe(network), current.values());
    }
    ModelReader.open(model).verify();
    written++;
    writingNanos += System.nanoTime() - start;
  }

  private void clear() {
    try (Stream<Path> all = Files.walk(directory)) {
      List<Path> files = all.filter(file -> !file.equals(directory)).toList();
      for (Path file : files.stream().sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The measurements. */
  void addTo(Map<String, Object> json) {
    writing.join();
    Map<String, Object> found = new LinkedHashMap<>();
    json.put("checkpoints", found);
    found.put("written", written);
    found.put("seconds_each", rounded(writingNanos * 1e-9 / Math.max(1, written)));
    found.put("steps_per_s", rounded(steps * 1e9 / nanos));
    found.put("longest_step_ms", rounded(longest * 1e-6));
    found.put("steps_while_writing", stepsWhileWriting);
    found.put("most_saved_mb", rounded(mostSaved * 1e-6));
  }

  private static double rounded(double value) {
    return Math.round(value * 1e2) / 1e2;
  }

  @Override
  public void close() {
    writing.join();
    clear();
    try {
      Files.delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
