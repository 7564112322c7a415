package io.destine.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.destine.spark.JavaProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;

/**
 * Commands on a small table in separate processes, with the shipped log settings.
 *
 * @param directory for the table, the configuration, the model and standard output
 * @param prefix words before those of the JVM
 * @param scheme of one more file system
 * @param storage that file system
 */
record CommandProcess(
    Path directory, List<String> prefix, String scheme, Class<? extends FileSystem> storage) {
  static final long SECONDS = 180;

  /**
   * Starts a command.
   *
   * @param err takes standard error
   * @param rows of the table
   * @param more options of the JVM, then the command and its options other than the configuration
   */
  Process start(Class<?> main, Path err, int rows, String... more) throws IOException {
    StringBuilder csv = new StringBuilder("clicked,user,item\n");
    for (int n = 0; n < rows; n++) {
      csv.append(n % 3 == 0 ? 1 : 0).append(",u").append(n % 71).append(",i").append(n % 97);
      csv.append('\n');
    }
    Path table = Files.writeString(directory.resolve("clicks.csv"), csv);
    Path config =
        Files.writeString(
            directory.resolve("job.conf"),
            """
            source.path = "%s"
            label = clicked
            model { embedding-dim = 4, heads = 1, head-dim = 4, layers = 1 }
            train { batch-size = 64, epochs = 100000, plateau-cuts = 1000 }
            train { blocks-per-step = 2 }
            checkpoint.steps = 50
            output.model = "%s"
            """
                .formatted(table, directory.resolve("model")));
    List<String> options = Stream.of(more).takeWhile(word -> word.startsWith("-")).toList();
    List<String> rest = List.of(more).subList(options.size(), more.length);
    List<String> jvm =
        new ArrayList<>(
            List.of(
                JavaProcess.SHORT,
                "-Dlog4j2.configurationFile=" + Path.of("../conf/log4j2.properties").toUri(),
                "-Dspark.master=local[2]",
                "-Dspark.ui.enabled=false",
                "-Dspark.sql.shuffle.partitions=2",
                "-Dspark.hadoop.fs." + scheme + ".impl=" + storage.getName(),
                "-Dspark.driver.host=127.0.0.1",
                "-Dspark.driver.bindAddress=127.0.0.1"));
    jvm.addAll(options);
    List<String> command = new ArrayList<>(prefix);
    command.addAll(JavaProcess.command(jvm, main.getName()));
    command.addAll(List.of(rest.get(0), "--config", config.toString()));
    command.addAll(rest.subList(1, rest.size()));
    return new ProcessBuilder(command)
        .redirectError(err.toFile())
        .redirectOutput(directory.resolve("out").toFile())
        .start();
  }

  /**
   * Calls {@code how} as soon as a file with the prefix exists; returns the process's standard
   * error.
   */
  static String ended(Process process, Path err, Path directory, String prefix, Callable<?> how)
      throws Exception {
    try {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      while (!exists(directory, prefix)) {
        assertThat(process.isAlive()).as(Files.readString(err)).isTrue();
        assertThat(System.nanoTime()).as(Files.readString(err)).isLessThan(end);
        Thread.sleep(20);
      }
      how.call();
      return ended(process, err);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Waits until a process ends by itself, and returns what it wrote. */
  static String ended(Process process, Path err) throws IOException, InterruptedException {
    try {
      assertThat(process.waitFor(SECONDS, TimeUnit.SECONDS)).as(Files.readString(err)).isTrue();
      return Files.readString(err);
    } finally {
      process.destroyForcibly();
    }
  }

  private static boolean exists(Path directory, String prefix) throws IOException {
    try (Stream<Path> files = Files.walk(directory, 2)) {
      return files.anyMatch(file -> directory.relativize(file).toString().startsWith(prefix));
    } catch (java.io.UncheckedIOException e) {
      return false;
    }
  }
}
