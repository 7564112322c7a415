package io.destine.spark.sink;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.destine.spark.conf.UserError;
import io.destine.spark.store.CanonicalPath;
import io.destine.spark.store.OutputContents;
import io.destine.spark.store.OutputKind;
import io.destine.spark.store.Replacement;
import io.destine.spark.store.Storage;
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
 * directory holds either all rows of a run or what it held before. What is replaced must be the
 * output of an earlier run of the same command and nothing else: it has the file {@value
 * OutputKind#TABLE_FILE} and no entry that the command does not write. Until the files are in place
 * that file says whose process writes them, so that the next run can remove what a killed one has
 * left.
 */
public final class TableOutput implements AutoCloseable {
  /** Tables by the command that writes them. */
  public enum Kind {
    /** Of predict. */
    PREDICTIONS("predictions", "predict"),
    /** Of generate. */
    CLICK_LOG("a click log", "generate"),
    /** Of export. */
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
  private final FileSystem fileSystem;
  private final OutputMarker marker;
  private final CanonicalPath target;
  private final boolean overwrite;
  private final Path fresh;
  private final Path old;

  private final Optional<Path> firstAbsent;
  private boolean committed;

  /**
   * The output at a path.
   *
   * @param kind of the table
   * @param text the path as the user gave it
   * @param overwrite whether an earlier table of this kind may be replaced
   * @throws UserError when it is no path, or lies inside a file, a model, a data set or another
   *     such table
   */
  public TableOutput(Configuration hadoop, Kind kind, String text, boolean overwrite) {
    this.kind = kind;
    this.overwrite = overwrite;
    target = canonical(hadoop, "--output", text);
    Path path = target.path();
    try {
      target.requireWritable();
    } catch (IllegalArgumentException e) {
      throw new UserError("--output " + target + ": " + e.getMessage());
    }
    if (path.getParent() == null) {
      throw new UserError("--output is the root of a file system; name a directory below it");
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
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw new UserError(what + " \"" + text + "\" is not a path: " + e.getMessage());
    }
  }

  /**
   * Checks that this directory is not something that is to be kept, and neither holds it nor lies
   * inside it.
   *
   * @param what is to be kept, such as "input"
   * @param path of it, which may be a pattern of paths
   * @throws UserError when it is, or is no path
   */
  public void requireApart(Configuration hadoop, String what, String path) {
    requireApart(what, canonical(hadoop, what, path));
  }

  /** The same for a file that Spark names URL-encoded. */
  public void requireApart(Configuration hadoop, String what, URI file) {
    requireApart(what, canonical(hadoop, what, new Path(file).toString()));
  }

  private void requireApart(String what, CanonicalPath kept) {
    if (target.is(kept)) {
      throw new UserError("--output " + target + " is the " + what + "; choose another directory");
    }
    boolean holds = target.holds(kept);
    if (holds || kept.holds(target)) {
      String relation = holds ? " holds the " : " lies inside the ";
      throw new UserError(
          "--output " + target + relation + what + " " + kept + "; choose another directory");
    }
  }

  /**
   * No file stands in the way, and no directory above is replaced as a whole by others. Returns the
   * topmost directory above that does not exist yet.
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
            "--output " + target + ": " + CanonicalPath.shown(directory) + " is a file");
      }
    }
    enclosing()
        .ifPresent(
            words -> {
              throw new UserError("--output " + target + words);
            });
    return absent;
  }

  private Optional<String> enclosing() {
    try {
      return OutputContents.enclosing(fileSystem, target.path(), false);
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof AccessControlException) {
        throw new UserError("--output " + target + ": " + e.getMessage());
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
      throw new UserError("--output " + target + " is a file; name a directory");
    }
    FileStatus[] entries = Storage.list(fileSystem, path);
    if (entries.length == 0) {
      return;
    }
    if (OutputContents.table(fileSystem, path).filter(kind.words()::equals).isEmpty()) {
      throw new UserError(
          String.format(
              "--output %s exists and was not written by %s; choose another directory",
              target, kind.command()));
    }
    if (!overwrite) {
      throw new UserError(
          String.format(
              "--output %s holds an earlier output of %s; add --overwrite to replace it",
              target, kind.command()));
    }
    for (FileStatus entry : entries) {
      if (!OutputMarker.own(entry)) {
        throw new UserError(
            String.format(
                "--output %s holds %s, which %s did not write; move it away, or choose"
                    + " another directory",
                target, entry.getPath().getName(), kind.command()));
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
          "--output " + target + ": no permission to look at " + CanonicalPath.shown(path));
    } catch (IOException e) {
      throw Storage.failure("look for", path, e);
    }
  }

  /**
   * Creates the hidden sibling that files are to be written to, and removes those of earlier runs
   * whose process has ended. Where this cannot be told, they are named in a line.
   *
   * @param log takes lines for people
   * @throws UserError when the directory above cannot be written to, or the target holds something
   *     that is not to be replaced
   */
  public void begin(Consumer<String> log) {
    requireReplaceable();
    try {
      if (!fileSystem.mkdirs(fresh)) {
        throw new IOException("the file system refused");
      }
      // For a process that is stopped; a run that fails removes it itself.
      fileSystem.deleteOnExit(fresh);
      marker.begin(fresh);
    } catch (IOException e) {
      if (Storage.isFull(String.valueOf(e.getMessage()))) {
        throw Storage.failure("write in", fresh.getParent(), e);
      }
      throw new UserError(
          String.format(
              "--output %s: cannot write to %s: %s",
              target,
              CanonicalPath.shown(fresh.getParent()),
              e.getMessage().lines().findFirst().orElse("")));
    }
    new Leftovers(fileSystem, marker, target.path()).remove(fresh, log);
  }

  /**
   * Writes the files of a table. When that fails, its tasks have ended before this returns.
   *
   * @throws UserError when the format cannot hold the columns
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
              "the columns cannot be written as "
                  + files.format().spark()
                  + ": "
                  + e.getMessage().lines().findFirst().orElse(""));
        }
        throw e;
      }
    }
  }

  /**
   * Puts the files in place.
   *
   * @param facts of the run, which the marker keeps
   * @throws UserError when something else has been put there meanwhile
   */
  public void commit(ObjectNode facts) {
    try {
      marker.finish(fresh, facts);
    } catch (IOException e) {
      throw Storage.failure("write", new Path(fresh, OutputKind.TABLE_FILE), e);
    }
    requireReplaceable();
    new Replacement(fileSystem, target.path(), old).put(fresh);
    committed = true;
    fileSystem.cancelDeleteOnExit(fresh);
  }

  /** Removes what a run that was not committed has written, with the directories made for it. */
  @Override
  public void close() {
    if (committed) {
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
