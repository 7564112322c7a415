package io.destine.spark.schedule;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program that has been run as a process of its own: exit code and what it has written. */
record ScriptRun(int code, String out, String err) {
  static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();
  private static final long SECONDS = 180;

  /** A program that is still running. */
  record Running(Process process, Path out, Path err) {
    ScriptRun end() throws IOException, InterruptedException {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError("must end within " + SECONDS + " s: " + Files.readString(err));
      }
      return new ScriptRun(process.exitValue(), Files.readString(out), Files.readString(err));
    }
  }

  /**
   * Starts a command with these environment variables, without those of the project or of a
   * cluster.
   */
  static Running start(Path directory, Map<String, String> environment, List<String> words)
      throws IOException {
    Path out = Files.createTempFile(directory, "run", ".out");
    Path err = Files.createTempFile(directory, "run", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(new ArrayList<>(words))
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(
            name ->
                name.startsWith("DESTINE_")
                    || name.startsWith("SPARK_")
                    || name.endsWith("_CONF_DIR"));
    builder.environment().putAll(environment);
    return new Running(builder.start(), out, err);
  }

  static ScriptRun of(Path directory, Map<String, String> environment, String... words)
      throws IOException, InterruptedException {
    return start(directory, environment, List.of(words)).end();
  }

  /** True when a program of this name is on the path. */
  static boolean isInstalled(String program) {
    for (String directory : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(directory, program))) {
        return true;
      }
    }
    return false;
  }
}
