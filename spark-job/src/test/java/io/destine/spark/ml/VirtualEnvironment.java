package io.destine.spark.ml;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A virtual environment of Python below {@code target}, created once for all JVMs that run tests.
 * Tests are left out where Python or pip cannot create it.
 */
public final class VirtualEnvironment {
  private final Path directory;
  private final List<String> requirements;

  /**
   * An environment, which {@link #require()} creates.
   *
   * @param name of its directory
   * @param requirements and options for pip
   */
  public VirtualEnvironment(String name, String... requirements) {
    directory = Path.of("target", name).toAbsolutePath();
    this.requirements = List.of(requirements);
  }

  /** The directory of the environment. */
  Path directory() {
    return directory;
  }

  /** The directory of its programs. */
  Path programs() {
    return directory.resolve("bin");
  }

  /** A program of the environment, such as python. */
  public String program(String name) {
    return programs().resolve(name).toString();
  }

  /** Creates the environment; ends the test, as left out, where that is not possible. */
  public void require() throws IOException, InterruptedException {
    require(List.of());
  }

  /** The same; runs a command once, after the installation. */
  void require(List<String> command) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    // Two JVMs run tests side by side.
    try (FileChannel lock =
            FileChannel.open(
                directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = lock.lock()) {
      Path made = directory.resolve("made");
      if (held.isValid() && !Files.exists(made)) {
        run(List.of("python3", "-m", "venv", directory.toString()));
        install(requirements);
        if (!command.isEmpty()) {
          run(command);
        }
        Files.createFile(made);
      }
    }
  }

  /** Adds packages to the environment; ends the test, as left out, where pip cannot. */
  void install(List<String> requirements) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(program("python"), "-m", "pip", "install", "--quiet", "--no-compile"));
    command.addAll(requirements);
    run(command);
  }

  private void run(List<String> command) throws IOException, InterruptedException {
    Path log = directory.resolve("log");
    int code = PythonEnvironment.run(Path.of(""), log, command);
    assumeTrue(
        code == 0,
        "Python tests need python3 with venv and pip; "
            + String.join(" ", command)
            + " ended with "
            + code
            + ": "
            + (Files.exists(log) ? PythonEnvironment.end(log) : ""));
  }
}
