package io.destine.spark.train;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.NightlyConfig;
import io.destine.spark.conf.UserError;
import io.destine.spark.store.CanonicalPath;
import io.destine.spark.store.OutputContents;
import io.destine.spark.store.OutputKind;
import io.destine.spark.store.OutputLock;
import io.destine.spark.store.Owner;
import io.destine.spark.store.Siblings;
import io.destine.spark.store.Storage;
import io.destine.spark.store.StorageOutput;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Checks the output directories of a command before anything is computed: each must be new, empty
 * or an earlier output of the same kind, must not be inside another one or inside a directory that
 * is replaced as a whole, and its parent must be writable.
 */
public final class Outputs {
  private final Configuration hadoop;

  /** Whether executors are separate processes, with other working directories. */
  private final boolean cluster;

  private final List<Output> outputs = new ArrayList<>();

  /**
   * A directory: its name and its text in the configuration, and the kind of output it may replace.
   */
  private record Output(String name, String text, CanonicalPath at, OutputKind own) {
    String words() {
      return name + " = \"" + text + "\"";
    }
  }

  private Outputs(SparkContext context) {
    this(context.hadoopConfiguration(), !context.isLocal());
  }

  Outputs(Configuration hadoop, boolean cluster) {
    this.hadoop = hadoop;
    this.cluster = cluster;
  }

  Outputs with(String name, String text, OutputKind own) {
    Output output;
    try {
      output = new Output(name, text, CanonicalPath.of(hadoop, text), own);
      output.at().requireWritable();
      boolean byExecutors = own == OutputKind.DATA_SET || own == OutputKind.NIGHTS;
      if (cluster && byExecutors && isRelativeAndLocal(text, output.at())) {
        throw new IllegalArgumentException(
            "executors of a cluster have other working directories; give the absolute path");
      }
    } catch (IllegalArgumentException e) {
      throw new UserError(name + " = \"" + text + "\": " + e.getMessage());
    }
    outputs.add(output);
    return this;
  }

  private static boolean isRelativeAndLocal(String text, CanonicalPath at) {
    return !new Path(text).isAbsolute() && at.path().toUri().getScheme().equals("file");
  }

  /**
   * Checks the outputs of a training run.
   *
   * @throws UserError naming the unsuitable directory and the reason
   * @throws java.io.UncheckedIOException with the path, if storage fails
   */
  public static void checkTraining(SparkContext context, JobConfig config) {
    new Outputs(context)
        .with("output.model", config.output().model(), OutputKind.MODEL)
        .with("output.data", config.output().data(), OutputKind.DATA_SET)
        .with("checkpoints of output.model", config.output().checkpoints(), OutputKind.CHECKPOINTS)
        .check(3);
  }

  /** Checks the outputs of a search for settings, see {@link #checkTraining}. */
  public static void checkTrials(SparkContext context, JobConfig config) {
    new Outputs(context)
        .with("trials of output.model", config.output().trials(), OutputKind.TRIALS)
        .with("output.data", config.output().data(), OutputKind.DATA_SET)
        .with("output.model", config.output().model(), OutputKind.MODEL)
        .check(2);
  }

  /** Checks the output of an encoding, see {@link #checkTraining}. */
  public static void checkEncoding(SparkContext context, JobConfig config) {
    new Outputs(context)
        .with("output.data", config.output().data(), OutputKind.DATA_SET)
        .with("output.model", config.output().model(), OutputKind.MODEL)
        .with("checkpoints of output.model", config.output().checkpoints(), OutputKind.CHECKPOINTS)
        .check(1);
  }

  /** Checks the output of an averaged model, see {@link #checkTraining}. */
  public static void checkAverage(SparkContext context, String output, List<String> models) {
    Outputs outputs = new Outputs(context).with("--output", output, OutputKind.MODEL);
    models.forEach(model -> outputs.with("--models", model, OutputKind.MODEL));
    outputs.check(1);
  }

  /** Checks the directory of nightly runs, see {@link #checkTraining}. */
  public static void checkNights(SparkContext context, JobConfig config) {
    new Outputs(context).with("output.model", config.output().model(), OutputKind.NIGHTS).check(1);
  }

  /** The lock of a directory that a command writes. */
  public static OutputLock lock(
      SparkSession spark, JobConfig config, String directory, Consumer<String> log) {
    return lock(spark, config.nightly().keeping(), directory, log);
  }

  /** The lock of a directory that a command writes. */
  public static OutputLock lock(
      SparkSession spark, NightlyConfig.Keeping keeping, String directory, Consumer<String> log) {
    return new OutputLock(
        CanonicalPath.of(spark.sparkContext().hadoopConfiguration(), directory),
        Owner.ofThisProcess(spark.sparkContext().applicationId()),
        Duration.ofMillis((long) (keeping.lockMinutes() * 60_000)),
        log);
  }

  /**
   * Checks that no directory contains another one, and that the first {@code written} may be
   * written.
   */
  void check(int written) {
    for (Output one : outputs) {
      for (Output other : outputs) {
        boolean same = one.at().is(other.at());
        if (one != other && (same || one.at().holds(other.at()))) {
          throw new UserError(
              other.words()
                  + (same ? " is the same directory as " : " lies inside ")
                  + one.words()
                  + "; give each a directory of its own");
        }
      }
    }
    for (Output output : outputs.subList(0, written)) {
      if (output.at().path().getParent() == null) {
        throw new UserError(output.words() + " is the root; name a directory below it");
      }
      requireReplaceable(output);
      requireOwnKind(output);
      requirePlaceOfPrevious(output);
      requireOutsideOthers(output);
    }
    for (Output output : outputs.subList(0, written)) {
      requireWritable(output);
    }
  }

  private static void requireReplaceable(Output output) {
    // Directories of the other kinds stay; their contents are replaced.
    if (output.own() == OutputKind.MODEL || output.own() == OutputKind.DATA_SET) {
      try {
        output.at().requireReplaceable();
      } catch (IllegalArgumentException e) {
        throw new UserError(output.words() + ": " + e.getMessage());
      }
    }
  }

  private static OutputContents contents(Output output, Path path) {
    try {
      return OutputContents.of(output.at().fileSystem(), path);
    } catch (UncheckedIOException e) {
      throw refused(output, path, e.getCause(), e);
    }
  }

  /** Checks the path at which a model is kept while it is being replaced. */
  private static void requirePlaceOfPrevious(Output output) {
    FileSystem fileSystem = output.at().fileSystem();
    if (output.own() != OutputKind.MODEL || Storage.writesInPlace(fileSystem)) {
      return;
    }
    Path previous = new Siblings(fileSystem, output.at().path()).previous();
    OutputContents there = contents(output, previous);
    if (!there.isReplaceableBy(OutputKind.MODEL)) {
      throw new UserError(
          output.words()
              + " cannot be replaced: an earlier model would be moved to "
              + CanonicalPath.shown(previous)
              + ", which holds "
              + there.words()
              + "; move that away or remove it");
    }
  }

  private static void requireOwnKind(Output output) {
    OutputContents there = contents(output, output.at().path());
    if (!there.isReplaceableBy(output.own())) {
      throw new UserError(
          output.words()
              + " holds "
              + there.words()
              + (output.own() == OutputKind.CHECKPOINTS
                  ? ", where the training keeps its checkpoints; give output.model another name"
                  : output.own() == OutputKind.TRIALS
                      ? ", where tune keeps its trials; give output.model another name"
                      : ", so it is not replaced by "
                          + output.own().words()
                          + "; name a new directory or an empty one"));
    }
  }

  private static void requireOutsideOthers(Output output) {
    OutputContents.enclosing(output.at().fileSystem(), output.at().path(), true)
        .ifPresent(
            words -> {
              throw new UserError(output.words() + words + "; name a directory outside");
            });
  }

  /** Tries to create a file next to the output, and the parent directories. */
  private static void requireWritable(Output output) {
    FileSystem fileSystem = output.at().fileSystem();
    Path parent = output.at().path().getParent();
    Path probe =
        new Path(parent, "." + output.at().path().getName() + ".probe-" + UUID.randomUUID());
    try {
      fileSystem.mkdirs(parent);
      try {
        StorageOutput.create(fileSystem, probe, false).close();
      } finally {
        // Also needed on a full disk, where the name may exist without content.
        fileSystem.delete(probe, false);
      }
    } catch (IOException e) {
      throw refused(output, parent, e, Storage.failure("write in", parent, e));
    }
  }

  /** A one-line error for a problem that users can fix; otherwise the failure itself. */
  private static RuntimeException refused(
      Output output, Path directory, IOException cause, RuntimeException failure) {
    FileSystem fileSystem = output.at().fileSystem();
    for (Path p = directory; p != null; p = p.getParent()) {
      if (isFile(fileSystem, p)) {
        return new UserError(output.words() + " cannot be created: " + p + " is a file");
      }
    }
    String text = String.valueOf(cause.getMessage());
    String words = text.toLowerCase(Locale.ROOT);
    boolean denied =
        cause instanceof AccessControlException
            || words.contains("permission denied")
            || words.contains("read-only file system");
    boolean local = "file".equals(directory.toUri().getScheme());
    // Java reports any local file that cannot be created as not found, also on a full disk.
    boolean full = Storage.isFull(text);
    boolean refused =
        denied
            || cause instanceof FileAlreadyExistsException
            || cause instanceof ParentNotDirectoryException
            || (local && !full && cause instanceof FileNotFoundException)
            || (local && words.startsWith("mkdirs failed"));
    return refused
        ? new UserError(
            output.words()
                + " cannot be written: no permission to create files in "
                + directory
                + " ("
                + text.lines().findFirst().orElse("")
                + ")")
        : failure;
  }

  private static boolean isFile(FileSystem fileSystem, Path path) {
    try {
      return fileSystem.getFileStatus(path).isFile();
    } catch (IOException e) {
      return false;
    }
  }
}
