package io.destine.spark.app;

import io.destine.artifact.ModelFormatException;
import io.destine.spark.conf.Redaction;
import io.destine.spark.conf.UserError;
import io.destine.spark.source.SourceFailure;
import io.destine.spark.store.LockedException;
import io.destine.spark.store.Storage;
import io.destine.train.TrainingException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.VersionInfo;
import org.apache.spark.SparkException;

/**
 * The failure of a command, for people: an exit code, and lines without secrets that state the
 * problem and, if helpful, a remedy.
 *
 * @param code the exit code
 * @param problems one line each, at least one
 * @param foreseen true if the lines explain everything; otherwise a stack trace may help
 * @param passing true if memory or storage failed, so that the command may succeed at another time
 */
record Failure(int code, List<String> problems, boolean foreseen, boolean passing) {
  /** Before an executor's exit code, in the messages of Spark and YARN. */
  private static final String EXIT = "[Ee]xit(?:ed with)? (?:code|status):? ";

  /** The messages of Spark and YARN about an executor that ran out of memory. */
  private static final Pattern EXECUTOR_MEMORY =
      Pattern.compile(
          "java\\.lang\\.OutOfMemoryError|"
              + EXIT
              + "52\\b|beyond (?:the )?(?:physical|virtual) memory limits|memory limits\\. ");

  /** Exit codes of SIGKILL and SIGTERM, from a system short of memory or a cluster manager. */
  private static final Pattern KILLED_EXECUTOR = Pattern.compile(EXIT + "(137|143)\\b");

  /** Spark's message about a heap that is too small for Spark to start. */
  private static final Pattern LEAST_MEMORY =
      Pattern.compile("(System|Executor) memory (\\d+) must be at least (\\d+)");

  /** Java's message about a name with a colon and without a directory. */
  private static final String COLON_OF_A_NAME = "Relative path in absolute URI";

  /** Hadoop's file system for web addresses, which cannot list files. */
  private static final String HTTP = "org.apache.hadoop.fs.http.";

  Failure {
    problems =
        problems.stream()
            .map(problem -> Redaction.text(problem.strip().replaceAll("\\s*\\R\\s*", " ")))
            .toList();
  }

  private Failure(int code, List<String> problems, boolean foreseen) {
    this(code, problems, foreseen, false);
  }

  private Failure asPassing() {
    return new Failure(code, problems, foreseen, true);
  }

  static Failure of(Throwable e) {
    Optional<UserError> mistake = find(e, UserError.class);
    if (mistake.isPresent()) {
      return new Failure(Main.USER_ERROR, mistake.get().problems(), true);
    }
    Optional<LockedException> locked = find(e, LockedException.class);
    if (locked.isPresent()) {
      return foreseen(Main.LOCKED, locked.get().getMessage());
    }
    Optional<TrainingException> stopped = find(e, TrainingException.class);
    if (stopped.isPresent()) {
      return foreseen(Main.FAILED, "training stopped: " + stopped.get().getMessage());
    }
    Optional<ModelFormatException> damaged = find(e, ModelFormatException.class);
    if (damaged.isPresent()) {
      return foreseen(Main.FAILED, damaged.get().getMessage());
    }
    return leastMemory(e)
        .or(() -> memory(e))
        .map(Failure::asPassing)
        .or(() -> nesting(e))
        .or(() -> permission(e))
        .or(
            () ->
                SourceFailure.explain(e)
                    .map(table -> new Failure(Main.USER_ERROR, table.problems(), true)))
        .or(() -> fileSystem(e))
        .or(() -> start(e))
        .or(() -> storage(e).map(Failure::asPassing))
        .orElseGet(() -> new Failure(Main.FAILED, List.of("unexpected: " + deepest(e)), false));
  }

  private static Failure foreseen(int code, String problem) {
    return new Failure(code, List.of(problem), true);
  }

  /** A heap that is too small for Spark to start. */
  private static Optional<Failure> leastMemory(Throwable e) {
    return find(e, IllegalArgumentException.class)
        .map(refused -> LEAST_MEMORY.matcher(text(refused)))
        .filter(Matcher::find)
        .map(
            sizes -> {
              boolean driver = sizes.group(1).equals("System");
              return foreseen(
                  Main.FAILED,
                  String.format(
                      "%s %d MiB of memory, less than the %d that Spark needs; give %s more, such"
                          + " as %s 2g before the command",
                      driver ? "the driver has" : "an executor has",
                      Long.parseLong(sizes.group(2)) >> 20,
                      Long.parseLong(sizes.group(3)) >> 20,
                      driver ? "it" : "executors",
                      driver ? "--driver-memory" : "--executor-memory"));
            });
  }

  /**
   * Out of memory in this process or on an executor. Spark keeps only the message of an executor's
   * error.
   */
  private static Optional<Failure> memory(Throwable e) {
    if (find(e, OutOfMemoryError.class).isPresent()) {
      return Optional.of(
          foreseen(
              Main.FAILED,
              "out of memory; give the driver more, such as --driver-memory 8g before the command"
                  + " (plan computes how much training needs)"));
    }
    // Failures of table owners arrive as IllegalStateException.
    return Stream.of(SparkException.class, IllegalStateException.class)
        .flatMap(kind -> find(e, kind).stream())
        .flatMap(failure -> executorMemory(text(failure)).stream())
        .findFirst()
        .map(problem -> foreseen(Main.FAILED, problem));
  }

  private static Optional<String> executorMemory(String text) {
    String remedy =
        "give executors more, such as --executor-memory 4g before the command (plan computes how"
            + " much training needs)";
    if (EXECUTOR_MEMORY.matcher(text).find()) {
      return Optional.of("an executor is out of memory; " + remedy);
    }
    Matcher killed = KILLED_EXECUTOR.matcher(text);
    return killed.find()
        ? Optional.of(
            String.format(
                "an executor was killed (exit code %s), often for lack of memory; look at its log,"
                    + " or %s",
                killed.group(1), remedy))
        : Optional.empty();
  }

  private static Optional<Failure> nesting(Throwable e) {
    return find(e, StackOverflowError.class)
        .map(
            overflow ->
                foreseen(
                    Main.FAILED,
                    "the configuration or an SQL condition is nested too deeply; simplify it"));
  }

  private static Optional<Failure> permission(Throwable e) {
    return find(e, AccessControlException.class)
        .<Exception>map(refused -> refused)
        .or(() -> find(e, AccessDeniedException.class))
        .map(refused -> foreseen(Main.USER_ERROR, "no permission: " + text(refused)));
  }

  /** A path that no available file system can read or write. */
  private static Optional<Failure> fileSystem(Throwable e) {
    Optional<URISyntaxException> noPath =
        find(e, URISyntaxException.class)
            .filter(refused -> refused.getReason().equals(COLON_OF_A_NAME));
    if (noPath.isPresent()) {
      return Optional.of(
          foreseen(
              Main.USER_ERROR,
              "\""
                  + noPath.get().getInput()
                  + "\" is not a path; write ./ before a name with a colon"));
    }
    Optional<UnsupportedFileSystemException> unknown =
        find(e, UnsupportedFileSystemException.class);
    if (unknown.isPresent()) {
      return Optional.of(
          foreseen(
              Main.USER_ERROR,
              text(unknown.get())
                  + ": check the path, or add the jar of that file system with --jars or --packages"
                  + " before the command"));
    }
    Optional<String> missing =
        find(e, ClassNotFoundException.class)
            .map(Failure::text)
            .filter(text -> text.contains("org.apache.hadoop.fs."));
    if (missing.isPresent()) {
      String jar =
          missing.get().contains(".s3a.") ? "org.apache.hadoop:hadoop-aws" : "its file system";
      return Optional.of(
          foreseen(
              Main.USER_ERROR,
              missing.get()
                  + ": add the jar of "
                  + jar
                  + " for Hadoop "
                  + VersionInfo.getVersion()
                  + " with --packages before the command"));
    }
    return find(e, UnsupportedOperationException.class)
        .filter(
            refused ->
                Arrays.stream(refused.getStackTrace())
                    .anyMatch(frame -> frame.getClassName().startsWith(HTTP)))
        .map(
            refused ->
                foreseen(
                    Main.USER_ERROR,
                    "http and https addresses cannot be read; copy the files to a local disk, HDFS"
                        + " or an object store"));
  }

  /** A failed start of Spark, usually because of the value of a setting. */
  private static Optional<Failure> start(Throwable e) {
    boolean full =
        find(e, FSError.class).isPresent()
            || find(e, IOException.class).filter(io -> Storage.isFull(text(io))).isPresent();
    // A master or an address may be reachable later.
    boolean passing =
        find(e, IOException.class).isPresent() || find(e, IllegalStateException.class).isPresent();
    return find(e, RefusedStart.class)
        .filter(refused -> !full)
        .map(refused -> foreseen(passing ? Main.FAILED : Main.USER_ERROR, refused.getMessage()));
  }

  /**
   * The message of a storage or network failure, such as a full disk or a name node that does not
   * answer. Exceptions of this project name the path. Spark's readers and writers wrap the failure
   * in several exceptions; the outermost IOException says most.
   */
  private static Optional<Failure> storage(Throwable e) {
    // Hadoop's Error for a full or broken local disk.
    Optional<FSError> disk = find(e, FSError.class);
    if (disk.isPresent()) {
      Throwable cause = disk.get().getCause() == null ? disk.get() : disk.get().getCause();
      return Optional.of(
          foreseen(Main.FAILED, "cannot read or write a local disk: " + withRoom(text(cause))));
    }
    Optional<UncheckedIOException> ours = find(e, UncheckedIOException.class);
    if (ours.isPresent()) {
      return Optional.of(foreseen(Main.FAILED, withRoom(text(ours.get()))));
    }
    return find(e, IOException.class)
        .map(theirs -> foreseen(Main.FAILED, "cannot read or write: " + withRoom(text(theirs))));
  }

  /** The message, with a remedy for a full disk. */
  private static String withRoom(String text) {
    return Storage.isFull(text)
        ? text + "; make room there, or choose other directories (spark.local.dir, output)"
        : text;
  }

  private static String text(Throwable e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** The class and message of the root cause. */
  static String deepest(Throwable e) {
    Throwable cause = e;
    for (int depth = 0; cause.getCause() != null && depth < 100; depth++) {
      cause = cause.getCause();
    }
    return cause.getClass().getSimpleName()
        + (cause.getMessage() == null ? "" : ": " + cause.getMessage());
  }

  /**
   * Writes the stack trace to a file that only its owner can read.
   *
   * @return the file; empty if it cannot be written
   */
  static Optional<Path> write(Throwable e) {
    try {
      Path file = Files.createTempFile("destine-error-", ".log");
      try (PrintWriter out =
          new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8))) {
        e.printStackTrace(out);
      }
      return Optional.of(file);
    } catch (IOException refused) {
      return Optional.empty();
    }
  }

  private static <E extends Throwable> Optional<E> find(Throwable e, Class<E> type) {
    Throwable t = e;
    for (int depth = 0; t != null && depth < 100; depth++) {
      if (type.isInstance(t)) {
        return Optional.of(type.cast(t));
      }
      t = t.getCause();
    }
    return Optional.empty();
  }
}
