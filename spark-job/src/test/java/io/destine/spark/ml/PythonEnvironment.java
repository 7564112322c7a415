package io.destine.spark.ml;

import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static scala.util.Properties.versionNumberString;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A virtual environment with the pyspark of this build's Spark version, which is a stock
 * distribution of Spark as well. It is made once; tests are left out where Python or pip cannot.
 */
public final class PythonEnvironment {
  /** Of Spark and of pyspark. */
  static final String VERSION = org.apache.spark.package$.MODULE$.SPARK_VERSION();

  private static final VirtualEnvironment ENVIRONMENT =
      new VirtualEnvironment(
          "pyspark-" + VERSION,
          hasConnect()
              ? new String[] {"numpy", "pyspark[connect]==" + VERSION, "pandas<3"}
              : new String[] {"numpy", "pyspark==" + VERSION});

  private static final long SECONDS = 600;

  /** A class data archive of Spark's classes: loading them takes most of a short program's time. */
  private static final Path ARCHIVE = ENVIRONMENT.directory().resolve("classes.jsa");

  private PythonEnvironment() {}

  /** True with Spark 4, whose Connect knows Spark ML. */
  public static boolean hasConnect() {
    return VERSION.startsWith("4.");
  }

  /** The jar of the application. */
  public static Path jar() {
    String jar = System.getProperty("destine.jar");
    assumeTrue(jar != null, "the jar is made in the package phase; run mvn verify");
    return Path.of(jar).toAbsolutePath();
  }

  /** The directory of the classes, which holds the Python package. */
  static Path classes() {
    return jar().resolveSibling("classes");
  }

  /** A program of the environment, such as python or spark-shell. */
  public static String program(String name) {
    return ENVIRONMENT.program(name);
  }

  /** Makes the environment; ends the test, as left out, where that is not possible. */
  public static void require() throws IOException, InterruptedException {
    assumeTrue(
        hasConnect() || versionNumberString().startsWith("2.12."),
        "not for Scala 2.13: pip's pyspark of Spark 3.5 has Scala 2.12");
    ENVIRONMENT.require(List.of("bash", "-c", archiving()));
  }

  /** The shell command that writes the archive, with the classes of a few statements. */
  private static String archiving() {
    return """
    cd '%s'
    export SPARK_SUBMIT_OPTS=-XX:ArchiveClassesAtExit='%s'
    spark-sql --master 'local[2]' --driver-memory 2g --conf spark.ui.enabled=false -e '
      create table numbers stored as textfile as select id, id %% 3 as k from range(10);
      select k, count(*) from numbers group by k order by k'
    """
        .formatted(ENVIRONMENT.directory(), ARCHIVE);
  }

  /** Adds a package to the environment; ends the test, as left out, where pip cannot. */
  public static void require(String requirement) throws IOException, InterruptedException {
    ENVIRONMENT.install(List.of(requirement));
  }

  /** Runs a command; 127 when there is no such program. */
  public static int run(Path directory, Path log, List<String> command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command));
    builder.environment().remove("SPARK_HOME");
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("PYSPARK_PYTHON", program("python"));
    if (Files.exists(ARCHIVE)) {
      builder
          .environment()
          .merge(
              "JDK_JAVA_OPTIONS",
              "-Xlog:cds*=off -XX:SharedArchiveFile=" + ARCHIVE,
              (a, b) -> a + " " + b);
    }
    String path = ENVIRONMENT.programs() + ":" + System.getenv("PATH");
    builder.environment().put("PATH", path);
    builder.directory(directory.toAbsolutePath().toFile());
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      Files.writeString(log, e.toString());
      return 127;
    }
    process.getOutputStream().close();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(command + " took too long\n" + end(log));
    }
    return process.exitValue();
  }

  /** The last lines of a log. */
  public static String end(Path log) throws IOException {
    String[] lines = Files.readString(log).split("\n");
    return String.join(
        "\n", Arrays.copyOfRange(lines, Math.max(0, lines.length - 60), lines.length));
  }
}
