package io.destine.spark.sink;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.UserError;
import io.destine.spark.store.CanonicalPath;
import io.destine.spark.store.OutputContents;
import io.destine.spark.store.OutputKind;
import io.destine.spark.store.Replacement;
import io.destine.spark.store.Storage;
import io.destine.spark.store.StorageOutput;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of a table that a command writes. It is checked before anything is computed. Files
 * are written to a hidden sibling, {@code .NAME.ID.new}, which is renamed at the end, so the
 * directory contains either all rows of a run or its previous contents. Without atomic renames
 * ({@link Storage#renamesAtomically}), it may contain a part of the rows after a failure, but then
 * no file declares it complete. Only the output of an earlier run of the same command is replaced:
 * a directory with the file {@value OutputKind#TABLE_FILE} and without foreign entries. While files
 * are written, this file identifies the process that writes them, so that the next run can remove
 * leftovers of a killed one.
 */
public final class TableOutput implements AutoCloseable {
  /** Kinds of tables, by the command that writes them. */
  public enum Kind {
    /** Output of predict. */
    PREDICTIONS("predictions", "predict"),
    /** Output of generate. */
    CLICK_LOG("a click log", "generate"),
    /** Output of export. */
    EMBEDDINGS("embeddings", "export");

    private final String words;
    private final String command;

    Kind(String words, String command) {
      this.words = words;
      this.command = command;
    }

    String words() {
      return words;
    }

    String command() {
      return command;
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(TableOutput.class);

  private final Kind kind;
  private final String option;
  private final FileSystem fileSystem;
  private final OutputMarker marker;
  private final CanonicalPath target;
  private final boolean overwrite;
  private final Path fresh;
  private final Path old;

  private final Optional<Path> firstAbsent;

  /** Whether the files are complete, so that they stay, also if they cannot be put in place. */
  private boolean complete;

  /** The output at the path given by --output. */
  public TableOutput(Configuration hadoop, Kind kind, String text, boolean overwrite) {
    this(hadoop, kind, "--output", text, overwrite);
  }

  /**
   * The output at a path.
   *
   * @param kind of the table
   * @param option of the path, such as "--output"
   * @param text the path as given by the user
   * @param overwrite whether an earlier table of this kind may be replaced
   * @throws UserError if it is not a path, is a mount point, or is inside a file, a model, a data
   *     set or another such table
   */
  public TableOutput(
      Configuration hadoop, Kind kind, String option, String text, boolean overwrite) {
    this.kind = kind;
    this.option = option;
    this.overwrite = overwrite;
    target = canonical(hadoop, option, text);
    Path path = target.path();
    if (path.getParent() == null) {
      throw new UserError(option + " is the root of a file system; name a directory below it");
    }
    try {
      target.requireWritable();
      target.requireReplaceable();
    } catch (IllegalArgumentException e) {
      throw new UserError(option + " " + target + ": " + e.getMessage());
    }
    fileSystem = target.fileSystem();
    marker = new OutputMarker(fileSystem, kind);
    String hidden = "." + path.getName() + "." + UUID.randomUUID().toString().substring(0, 8);
    fresh = new Path(path.getParent(), hidden + ".new");
    old = new Path(path.getParent(), hidden + ".old");
    firstAbsent = requireFree();
  }

  private static CanonicalPath canonical(Configuration hadoop, String what, String text) {
    try {
      return CanonicalPath.of(hadoop, text);
    } catch (IllegalArgumentException e) {
      throw new UserError(what + " \"" + text + "\" is not a path: " + e.getMessage());
    } catch (UncheckedIOException e) {
      throw new UserError(what + " \"" + text + "\" cannot be used: " + e.getMessage());
    }
  }

  /**
   * Checks that this directory does not overlap with a path that must be preserved: it must not be,
   * contain, or be inside that path.
   *
   * @param what name of the preserved data, such as "input"
   * @param path of the data, which may be a glob pattern
   * @throws UserError if they overlap, or if it is not a path
   */
  public void requireApart(Configuration hadoop, String what, String path) {
    requireApart(what, canonical(hadoop, what, path));
  }

  /** The same for a file that Spark reports as an encoded URL. */
  public void requireApart(Configuration hadoop, String what, URI file) {
    requireApart(what, canonical(hadoop, what, new Path(file).toString()));
  }

  private void requireApart(String what, CanonicalPath kept) {
    if (target.is(kept)) {
      throw new UserError(option + " " + target + " is the " + what + "; choose another directory");
    }
    boolean holds = target.holds(kept);
    if (holds || kept.holds(target)) {
      String relation = holds ? " holds the " : " lies inside the ";
      throw new UserError(
          option + " " + target + relation + what + " " + kept + "; choose another directory");
    }
  }

  /**
   * Checks that no parent is a file, and that no other command replaces a parent directory as a
   * whole. Returns the topmost parent directory that does not exist yet.
   */
  private Optional<Path> requireFree() {
    Deque<Path> above = new ArrayDeque<>();
    for (Path p = target.path().getParent(); p != null; p = p.getParent()) {
      above.push(p);
    }
    Optional<Path> absent = Optional.empty();
    for (Path directory : above) {
      Optional<FileStatus> status = status(directory);
      if (status.isEmpty()) {
        absent = Optional.of(directory);
        break;
      }
      if (!status.get().isDirectory()) {
        throw new UserError(
            String.format(
                "%s %s: %s is a file; choose another directory",
                option, target, CanonicalPath.shown(directory)));
      }
    }
    enclosing()
        .ifPresent(
            words -> {
              throw new UserError(option + " " + target + words);
            });
    return absent;
  }

  private Optional<String> enclosing() {
    try {
      return OutputContents.enclosing(fileSystem, target.path(), false);
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof AccessControlException) {
        throw new UserError(option + " " + target + ": " + e.getMessage());
      }
      throw e;
    }
  }

  private void requireReplaceable() {
    Path path = target.path();
    Optional<FileStatus> status = status(path);
    if (status.isEmpty()) {
      return;
    }
    if (!status.get().isDirectory()) {
      throw new UserError(option + " " + target + " is a file; name a directory");
    }
    FileStatus[] entries = Storage.list(fileSystem, path);
    if (entries.length == 0) {
      return;
    }
    if (OutputContents.table(fileSystem, path).filter(kind.words()::equals).isEmpty()) {
      throw new UserError(
          String.format(
              "%s %s exists and was not written by %s; choose another directory",
              option, target, kind.command()));
    }
    if (!overwrite) {
      throw new UserError(
          String.format(
              "%s %s holds an earlier output of %s; add --overwrite to replace it",
              option, target, kind.command()));
    }
    for (FileStatus entry : entries) {
      if (!OutputMarker.own(entry)) {
        throw new UserError(
            String.format(
                "%s %s holds %s, which %s did not write; move it away, or choose"
                    + " another directory",
                option, target, entry.getPath().getName(), kind.command()));
      }
    }
  }

  private Optional<FileStatus> status(Path path) {
    try {
      return Optional.of(fileSystem.getFileStatus(path));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (AccessControlException e) {
      throw new UserError(
          option + " " + target + ": no permission to access " + CanonicalPath.shown(path));
    } catch (IOException e) {
      throw Storage.failure("access", path, e);
    }
  }

  /**
   * Creates the hidden sibling to which files are written, and removes siblings of earlier runs
   * whose process has ended. If this is unknown, they are logged.
   *
   * @param log receives human-readable lines
   * @throws UserError if the parent directory is not writable, or the target has contents that must
   *     not be replaced
   */
  public void begin(Consumer<String> log) {
    requireReplaceable();
    try {
      if (!fileSystem.mkdirs(fresh)) {
        throw new IOException("the file system refused");
      }
      // In case the process is stopped; a failed run removes it itself.
      fileSystem.deleteOnExit(fresh);
      marker.begin(fresh);
    } catch (IOException e) {
      if (Storage.isFull(String.valueOf(e.getMessage()))) {
        throw Storage.failure("write in", fresh.getParent(), e);
      }
      throw new UserError(
          String.format(
              "%s %s: cannot write to %s: %s",
              option,
              target,
              CanonicalPath.shown(fresh.getParent()),
              e.getMessage().lines().findFirst().orElse("")));
    }
    new Leftovers(fileSystem, marker, target.path()).remove(fresh, log);
  }

  /**
   * Writes the files of a table. After a failure, waits for the end of its tasks, for a limited
   * time.
   *
   * @throws UserError if the format does not support the columns
   */
  public void write(Dataset<Row> table, TableFiles files) {
    try (RunningTasks tasks = new RunningTasks(table.sparkSession().sparkContext())) {
      try {
        files
            .partitioned(table)
            .write()
            .mode(SaveMode.Append)
            .format(files.format().spark())
            .options(files.options(table.columns().length))
            .save(fresh.toString());
      } catch (Exception e) {
        tasks.awaitNone();
        if (e instanceof AnalysisException) {
          throw new UserError(
              option
                  + " "
                  + target
                  + ": the columns cannot be written as "
                  + files.format().spark()
                  + ": "
                  + e.getMessage().lines().findFirst().orElse(""));
        }
        throw e;
      }
    }
  }

  /** True if the storage renames directories atomically. */
  public boolean isRenamedAtomically() {
    return Storage.renamesAtomically(fileSystem);
  }

  /**
   * Puts the files in place. Where a rename copies, the files that declare the table complete are
   * written last.
   *
   * @param facts about the run, stored in the marker
   * @throws UncheckedIOException with the path, if storage fails; if it is a rename that fails, all
   *     files stay, and the message says where
   * @throws UserError if something else has been put there meanwhile
   */
  public void commit(ObjectNode facts) {
    boolean atomic = isRenamedAtomically();
    boolean declared = Storage.exists(fileSystem, new Path(fresh, OutputMarker.SUCCESS));
    if (!atomic) {
      Storage.delete(fileSystem, new Path(fresh, OutputMarker.SUCCESS));
    }
    finish(fresh, atomic ? facts : OutputMarker.moving());
    requireReplaceable();
    complete = true;
    fileSystem.cancelDeleteOnExit(fresh);
    put();
    if (!atomic) {
      if (declared) {
        declare(target.path());
      }
      finish(target.path(), facts);
    }
  }

  private void put() {
    boolean replacing = Storage.exists(fileSystem, target.path());
    try {
      // Deleted under its name, by which Leftovers recognises it after a kill.
      new Replacement(fileSystem, target.path(), old)
          .put(fresh, earlier -> Storage.delete(fileSystem, earlier));
    } catch (UncheckedIOException e) {
      UncheckedIOException failure =
          new UncheckedIOException(
              e.getMessage()
                  + "; nothing is lost: the new output is in "
                  + CanonicalPath.shown(fresh)
                  + (replacing
                      ? ", the earlier one in "
                          + CanonicalPath.shown(old)
                          + " or, if that does not exist, in "
                          + target
                      : "")
                  + (Storage.renamesAtomically(fileSystem)
                      ? ""
                      : "; this storage renames file by file, so some files may have moved"),
              e.getCause());
      failure.addSuppressed(e);
      throw failure;
    }
  }

  private void finish(Path directory, ObjectNode facts) {
    try {
      marker.finish(directory, facts);
    } catch (IOException e) {
      throw Storage.failure("write", new Path(directory, OutputKind.TABLE_FILE), e);
    }
  }

  private void declare(Path directory) {
    Path success = new Path(directory, OutputMarker.SUCCESS);
    try {
      StorageOutput.create(fileSystem, success, true).close();
    } catch (IOException e) {
      throw Storage.failure("write", success, e);
    }
  }

  /** Removes the files of an incomplete run, with the directories created for it. */
  @Override
  public void close() {
    if (complete) {
      return;
    }
    Storage.delete(fileSystem, fresh);
    if (firstAbsent.isEmpty()) {
      return;
    }
    try {
      Path made = fresh.getParent();
      while (fileSystem.delete(made, false) && !made.equals(firstAbsent.get())) {
        made = made.getParent();
      }
    } catch (IOException e) {
      LOG.debug("Another process uses a directory that was made for {}", target, e);
    }
  }

  @Override
  public String toString() {
    return target.toString();
  }
}
