package io.destine.spark.train;

import io.destine.spark.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Runs a class, {@link ClusterRuns} by default, in a JVM of its own, with this JVM's class path.
 */
public final class ChildJvm {
  private static final long SECONDS = 600;

  /** Exit code after SIGKILL. */
  static final int KILLED = 128 + 9;

  /** Characters of a log in a message. */
  private static final int MOST_LOG = 8000;

  private ChildJvm() {}

  /**
   * Runs it and returns what it wrote on standard error.
   *
   * @param directory for its files
   * @param options of the JVM
   * @throws AssertionError with the end of its log when it fails or takes too long
   */
  static String run(Path directory, List<String> options, String... arguments)
      throws IOException, InterruptedException {
    return run(0, directory, options, ClusterRuns.class, arguments);
  }

  /** Runs it until it kills itself, and returns what it wrote on standard error. */
  static String runKilled(Path directory, String... arguments)
      throws IOException, InterruptedException {
    return run(KILLED, directory, List.of(), ClusterRuns.class, arguments);
  }

  /** The same for another class, which trains little. */
  public static String runKilled(Path directory, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    return run(KILLED, directory, List.of(JavaProcess.SHORT), main, arguments);
  }

  private static String run(
      int code, Path directory, List<String> options, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile(directory, "child", ".log");
    ProcessBuilder builder =
        builder(directory, options, main, arguments)
            .redirectError(log.toFile())
            .redirectOutput(directory.resolve("out.log").toFile());
    Process process = builder.start();
    try {
      boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
      String text = Files.readString(log);
      if (!ended || process.exitValue() != code) {
        throw new AssertionError(
            String.join(" ", arguments)
                + (ended ? ": exit code " + process.exitValue() : ": took too long")
                + "\n"
                + end(text));
      }
      return text;
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** A process builder that runs a class like the methods above. */
  public static ProcessBuilder builder(
      Path directory, List<String> options, Class<?> main, String... arguments) throws IOException {
    List<String> command = JavaProcess.command(options, main.getName());
    command.addAll(List.of(arguments));
    // Workers start executors with SPARK_HOME's jars; all that they need is on the class path.
    Path home = directory.resolve("spark-home");
    Files.createDirectories(home.resolve("jars"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("SPARK_HOME", home.toString());
    builder.environment().put("JDK_JAVA_OPTIONS", JavaProcess.optionsOfExecutors());
    builder
        .environment()
        .put(
            "SPARK_SCALA_VERSION",
            scala.util.Properties.versionNumberString().replaceFirst("\\.\\d+$", ""));
    return builder;
  }

  /** The end of a log. */
  public static String end(String log) {
    return log.substring(Math.max(0, log.length() - MOST_LOG));
  }
}
