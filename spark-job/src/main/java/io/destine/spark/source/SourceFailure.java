package io.destine.spark.source;

import io.destine.spark.conf.UserError;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipException;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.security.AccessControlException;

/**
 * Translates Spark's and Hadoop's exceptions about a table that cannot be read into one line for
 * the user. The cause is recognised by a message ({@link SparkMessage}), by the class of an
 * exception, or by the code that throws it.
 */
public final class SourceFailure {
  /** Packages whose exceptions, of any class, mean that a file is damaged. */
  private static final List<String> DECODERS =
      List.of(
          "org.apache.hadoop.io.compress.",
          "org.apache.parquet.",
          "shaded.parquet.",
          "org.apache.orc.",
          "com.google.protobuf.",
          "com.univocity.",
          "com.fasterxml.jackson.",
          "com.github.luben.zstd.",
          "net.jpountz.",
          "org.xerial.snappy.",
          "io.airlift.compress.",
          "org.apache.spark.sql.execution.datasources.",
          "org.apache.spark.sql.execution.vectorized.");

  private SourceFailure() {}

  /**
   * The failure as a human-readable line; empty if the table is not the cause.
   *
   * @param failure of Spark, with its causes
   */
  public static Optional<UserError> explain(Throwable failure) {
    return explain(failure, "");
  }

  /**
   * The exception to throw instead of the given read failure.
   *
   * @param where file, path or table that was read; empty if unknown
   */
  static RuntimeException of(Exception failure, String where) {
    Optional<UserError> mistake = explain(failure, where);
    if (mistake.isPresent()) {
      return mistake.get();
    }
    if (failure instanceof RuntimeException unchecked) {
      return unchecked;
    }
    IOException cause =
        failure instanceof IOException io ? io : new IOException(failure.toString(), failure);
    String what = where.isEmpty() ? "the source" : where;
    return new UncheckedIOException("Cannot read " + what + ": " + firstLine(failure), cause);
  }

  /** Like {@link #explain(Throwable)}, for a failure to read the given file, path or table. */
  static Optional<UserError> explain(Throwable failure, String where) {
    List<Throwable> chain = chain(failure);
    for (Throwable e : chain) {
      if (e instanceof UserError mistake) {
        return Optional.of(mistake);
      }
    }
    Optional<String> line = SparkMessage.explain(chain, where);
    for (int i = chain.size() - 1; line.isEmpty() && i >= 0; i--) {
      line = byClass(chain.get(i), where);
    }
    Throwable deepest = chain.get(chain.size() - 1);
    if (line.isEmpty() && !where.isEmpty() && fromDecoder(deepest)) {
      line = Optional.of(where + " is damaged or has another format: " + firstLine(deepest));
    }
    return line.map(UserError::new);
  }

  private static Optional<String> byClass(Throwable e, String where) {
    String file = where.isEmpty() ? "source" : where;
    if (e instanceof UnsupportedCharsetException || e instanceof IllegalCharsetNameException) {
      return Optional.of(
          "source.options.encoding: there is no encoding \""
              + e.getMessage()
              + "\"; name one such as UTF-8 or ISO-8859-1");
    }
    if (e instanceof AccessControlException || e instanceof AccessDeniedException) {
      return Optional.of(file + ": permission denied: " + firstLine(e));
    }
    if (where.isEmpty()) {
      return Optional.empty();
    }
    if (e instanceof FileNotFoundException) {
      return Optional.of(file + ": cannot be opened: " + firstLine(e));
    }
    return e instanceof EOFException || e instanceof ZipException || e instanceof ChecksumException
        ? Optional.of(file + " is damaged or cut off: " + firstLine(e))
        : Optional.empty();
  }

  /**
   * True if a decoder of files threw the exception. A failed check of an option does not count,
   * although it comes from the same packages.
   */
  private static boolean fromDecoder(Throwable e) {
    for (StackTraceElement frame : e.getStackTrace()) {
      String name = frame.getClassName();
      if (DECODERS.stream().anyMatch(name::startsWith)) {
        return !(e instanceof IllegalArgumentException
            && (name.startsWith("org.apache.spark.") || name.startsWith("com.univocity.")));
      }
      if (!name.startsWith("java.") && !name.startsWith("jdk.") && !name.startsWith("scala.")) {
        return false;
      }
    }
    return false;
  }

  /** The exception and its causes, outermost first. */
  private static List<Throwable> chain(Throwable failure) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Throwable> chain = new ArrayList<>();
    for (Throwable e = failure; e != null && seen.add(e); e = e.getCause()) {
      chain.add(e);
    }
    return chain;
  }

  /** The first line of an exception's message, without Spark's "[ERROR_CLASS]" and "SQLSTATE". */
  public static String firstLine(Throwable e) {
    String message = e.getMessage() == null ? "" : e.getMessage();
    return message
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .findFirst()
        .map(
            line ->
                line.replaceFirst("^\\[[A-Z_.]+] ", "")
                    .replaceFirst(" SQLSTATE: \\w+$", "")
                    .replace("requirement failed: ", ""))
        .orElse(e.getClass().getSimpleName());
  }
}
