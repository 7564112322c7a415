package io.destine.spark.train;

import io.destine.artifact.Manifest;
import io.destine.artifact.ModelFormatException;
import io.destine.artifact.ModelReader;
import io.destine.model.Destine;
import io.destine.spark.conf.CheckpointConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.store.CanonicalPath;
import io.destine.spark.store.Fence;
import io.destine.spark.store.HadoopModelDirectory;
import io.destine.spark.store.LostLockException;
import io.destine.spark.store.ModelPublication;
import io.destine.spark.store.OutputContents;
import io.destine.spark.store.Siblings;
import io.destine.spark.store.Storage;
import io.destine.train.Checkpoints;
import io.destine.train.TrainingState;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The checkpoints of one training run in one directory, each a model directory step-N with
 * parameters, optimiser state and, in its manifest, {@link RunIdentity} and {@link
 * CheckpointProgress}. Each is put in place atomically. The newest few and the one with the best
 * parameters are kept. Checkpoints are written during the training, one at a time: the next one
 * waits for the previous one. One training run at a time; used by one thread.
 */
final class CheckpointStore implements Checkpoints, AutoCloseable {
  static final Pattern NAME = Pattern.compile("step-\\d{10}");

  /**
   * The location of checkpoints.
   *
   * @param directory need not exist
   * @param fence the training's right to write
   */
  record Place(FileSystem fileSystem, Path directory, Fence fence) {
    Place {
      directory = CanonicalPath.of(fileSystem, directory).path();
    }
  }

  /**
   * The state of a training run that a checkpoint saves and restores.
   *
   * @param curve the epochs so far, saved with each checkpoint
   */
  record Kept(Destine network, TrainedModel model, LearningCurve curve) {}

  private final FileSystem fileSystem;
  private final Path directory;
  private final Fence fence;
  private final CheckpointConfig config;
  private final RunIdentity identity;
  private final double worst;
  private final Kept kept;
  private final Consumer<String> log;
  private final CheckpointGate gate;
  private final CheckpointWriter writer = new CheckpointWriter();

  // The next two belong to the writer while it is busy; the training thread waits for it first.

  /** Checkpoints of this training, oldest first. */
  private final TreeSet<String> own = new TreeSet<>();

  private String best;
  private long lastSteps;
  private long reachedSteps;
  private long lastNanos = System.nanoTime();

  /**
   * The checkpoints of a training run.
   *
   * @param worst the initial best value of the metric
   * @param log receives human-readable lines
   * @param gate may be closed, so that no further checkpoint is put in place
   */
  CheckpointStore(
      Place place,
      CheckpointConfig config,
      RunIdentity identity,
      double worst,
      Kept kept,
      Consumer<String> log,
      CheckpointGate gate) {
    fileSystem = place.fileSystem();
    directory = place.directory();
    fence = place.fence();
    this.config = config;
    this.identity = identity;
    this.worst = worst;
    this.kept = kept;
    this.log = log;
    this.gate = gate;
  }

  /** True when an interrupted run has left a checkpoint. */
  boolean any() {
    return any(fileSystem, directory);
  }

  /** True when an interrupted run has left a checkpoint in a directory. */
  static boolean any(FileSystem fileSystem, Path directory) {
    return !names(fileSystem, directory).isEmpty();
  }

  /**
   * Sets parameters, optimiser and curve to the newest checkpoint. A damaged checkpoint is rejected
   * with a log line that names the file, and the previous one is used.
   *
   * @return the state at which training resumes; empty when there is no checkpoint
   * @throws UserError if the checkpoints belong to another run
   * @throws ModelFormatException when all are damaged
   */
  Optional<TrainingState> resume() {
    List<String> names = names();
    Collections.reverse(names);
    ModelFormatException damage = null;
    for (String name : names) {
      try {
        CheckpointProgress progress = load(name);
        names.stream().filter(other -> other.compareTo(name) <= 0).forEach(own::add);
        best = progress.bestCheckpoint();
        kept.curve().restore(progress.learning());
        lastSteps = Long.parseLong(name.substring(name.indexOf('-') + 1));
        reachedSteps = lastSteps;
        TrainingState state = progress.state();
        log.accept(
            String.format(
                Locale.ROOT,
                "resumed from %s/%s: epoch %d, step %d",
                directory,
                name,
                state.epoch() + 1,
                state.step() + 1));
        return Optional.of(state);
      } catch (ModelFormatException e) {
        log.accept("warning: checkpoint " + name + " is damaged and skipped: " + e.getMessage());
        damage = damage == null ? e : damage;
      }
    }
    if (damage != null) {
      throw damage;
    }
    return Optional.empty();
  }

  /** Like {@link #resume}, but ignores checkpoints of other runs. */
  Optional<TrainingState> resumeOwn() {
    if (!hasOwn()) {
      startOver();
      return Optional.empty();
    }
    return resume();
  }

  private void startOver() {
    lastSteps = 0;
    reachedSteps = 0;
  }

  /**
   * Like {@link #resume}, but checkpoints that cannot be resumed, because they are damaged or
   * belong to another run, are removed with a log line that states the reason.
   *
   * @return the state at which training resumes; empty when it starts over
   */
  Optional<TrainingState> resumeOrDiscard() {
    String reason;
    try {
      List<String> differences = differences();
      if (differences.isEmpty()) {
        return resume();
      }
      reason = "settings or rows have changed since: " + String.join("; ", differences);
    } catch (ModelFormatException e) {
      reason = e.getMessage();
    }
    log.accept(
        "checkpoints in " + directory + " are discarded and the training starts over: " + reason);
    clear();
    startOver();
    // Rows of a damaged file may already be in the tables of their owners.
    kept.model().begin();
    return Optional.empty();
  }

  /**
   * The differences between this run and the newest readable checkpoint; empty if there is none.
   */
  private List<String> differences() {
    List<String> names = names();
    Collections.reverse(names);
    for (String name : names) {
      try {
        return identity.differences(open(name).manifest());
      } catch (ModelFormatException e) {
        continue;
      }
    }
    return List.of();
  }

  private CheckpointProgress load(String name) {
    ModelReader reader = open(name);
    List<String> differences = identity.differences(reader.manifest());
    if (!differences.isEmpty()) {
      List<String> lines = new ArrayList<>();
      differences.forEach(line -> lines.add(directory + "/" + name + ": " + line));
      lines.add(
          "these checkpoints belong to another training run: without --resume training starts "
              + "over and replaces them");
      throw new UserError(lines);
    }
    CheckpointProgress progress;
    try {
      progress = CheckpointProgress.of(reader.manifest().progress(), worst);
    } catch (IllegalArgumentException e) {
      throw new ModelFormatException(directory + "/" + name + ": " + e.getMessage());
    }
    String bestName = progress.bestCheckpoint();
    if (bestName != null && !bestName.equals(name)) {
      open(bestName).verify();
    }
    kept.model().restore(reader);
    return progress;
  }

  /**
   * Steps and minutes count from the state of the last checkpoint, not from the end of its writing.
   * While the last checkpoint is being written, the next one may be due by steps, but not by
   * minutes.
   */
  @Override
  public boolean due(long steps) {
    reachedSteps = steps;
    fence.requireNotLost();
    writer.requireNoFailure();
    double minutes = (System.nanoTime() - lastNanos) / 60e9;
    return (config.steps() > 0 && steps - lastSteps >= config.steps())
        || (config.minutes() > 0 && minutes >= config.minutes() && !writer.busy());
  }

  @Override
  public void keep(TrainingState state, long steps, boolean isBest) {
    writer.await();
    String name = String.format(Locale.ROOT, "step-%010d", steps);
    String bestName = isBest ? name : best;
    Manifest.Builder description =
        identity
            .describe(Manifest.describe(kept.network()))
            .progress(new CheckpointProgress(state, bestName, kept.curve().kept()).toMap());
    TrainedModel.Kept model = kept.model().keep();
    long now = System.nanoTime();
    if (model.isCopy()) {
      writer.start(model, () -> write(name, bestName, description, model));
    } else {
      write(name, bestName, description, model);
    }
    lastSteps = steps;
    lastNanos = now;
  }

  /** Runs in the writer's thread if steps continue meanwhile. */
  private void write(
      String name, String bestName, Manifest.Builder description, TrainedModel.Kept model) {
    ModelPublication.Written written =
        ModelPublication.replacing(fileSystem, new Path(directory, name), fence)
            .write(fresh -> model.write(fresh, description));
    boolean kept =
        gate.pass(
            () -> {
              written.putInPlace();
              own.add(name);
              best = bestName;
              prune();
            });
    if (!kept) {
      throw new IllegalStateException("the process is ending: the checkpoint is abandoned");
    }
  }

  /** True if {@link #resumeOwn} restores a checkpoint. */
  boolean hasOwn() {
    return !own.isEmpty();
  }

  /** Steps up to the last checkpoint. */
  long lastSteps() {
    return lastSteps;
  }

  /** Steps taken since the last checkpoint. */
  long stepsSinceLast() {
    return reachedSteps - lastSteps;
  }

  /** Waits until a checkpoint that is being written is in place. */
  void await() {
    writer.await();
  }

  /**
   * Ends the training's use of checkpoints. A checkpoint that is being written is finished, unless
   * it can no longer be put in place.
   */
  @Override
  public void close() {
    if (gate.isClosed() || lost()) {
      writer.giveUp();
    }
    try {
      writer.await();
    } catch (Exception e) {
      log.accept(
          "warning: the checkpoint after step " + lastSteps + " is not kept: " + e.getMessage());
    }
  }

  private boolean lost() {
    try {
      fence.requireNotLost();
      return false;
    } catch (LostLockException e) {
      return true;
    }
  }

  /**
   * Removes all checkpoints, including those of other runs, except the newest ones and the best one
   * of this training.
   */
  private void prune() {
    fence.requireHeld();
    Set<String> newest = new HashSet<>();
    own.descendingSet().stream().limit(config.keep()).forEach(newest::add);
    own.removeIf(name -> !newest.contains(name) && !name.equals(best));
    for (FileStatus status : list()) {
      String name = status.getPath().getName();
      if (!own.contains(name) && OutputContents.isCheckpoint(name)) {
        // Remains of a checkpoint that was written or replaced have its name in theirs.
        Path checkpoint = new Path(directory, name.replaceFirst(".*(" + NAME + ").*", "$1"));
        new Siblings(fileSystem, checkpoint).discard(status.getPath());
      }
    }
  }

  /**
   * Sets the model to the best checkpoint, with its optimiser state; leaves the model unchanged if
   * there is no best epoch.
   *
   * @param averaged true if the best parameters are an average
   */
  void restoreBest(boolean averaged) {
    writer.await();
    if (best != null) {
      kept.model().restore(open(best));
      if (averaged) {
        kept.model().useAverage();
      }
    }
  }

  /**
   * Removes all checkpoints, unless the command has reported that they are kept; a directory that
   * contains foreign files stays.
   */
  void clear() {
    try {
      gate.pass(
          () -> {
            fence.requireHeld();
            own.clear();
            best = null;
            prune();
            if (list().length == 0) {
              Storage.delete(fileSystem, directory);
            }
          });
    } catch (LostLockException | UncheckedIOException e) {
      log.accept("warning: " + e.getMessage());
    }
  }

  private ModelReader open(String name) {
    return ModelReader.open(new HadoopModelDirectory(fileSystem, new Path(directory, name)));
  }

  /** Names of all checkpoints, oldest first. */
  private List<String> names() {
    return names(fileSystem, directory);
  }

  /** The names of complete checkpoints, oldest first. */
  static List<String> names(FileSystem fileSystem, Path directory) {
    List<String> names = new ArrayList<>();
    boolean inPlace = Storage.writesInPlace(fileSystem);
    for (FileStatus status : Storage.list(fileSystem, directory)) {
      String name = status.getPath().getName();
      // On storage where checkpoints are written in place, a checkpoint without a manifest is
      // incomplete.
      if (NAME.matcher(name).matches()
          && (!inPlace || Storage.exists(fileSystem, new Path(status.getPath(), Manifest.FILE)))) {
        names.add(name);
      }
    }
    Collections.sort(names);
    return names;
  }

  private FileStatus[] list() {
    return Storage.list(fileSystem, directory);
  }
}
