package io.destine.spark.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Holds tasks back on executors before they begin, as long as a file exists: the tasks of stages
 * whose number of tasks is the number in the file. The file is below the directory of the setting
 * {@link #DIRECTORY}.
 */
public final class HeldTasks implements SparkPlugin {
  static final String DIRECTORY = "spark.test.held-tasks";

  /** Begins the name of a file that says on which executor a task is held back. */
  private static final String MARK = "held-by-";

  /** Holds back the tasks of stages with this number of tasks that start from now on. */
  static void hold(Path directory, int tasks) {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(HeldTasks::isMark).toList()) {
        Files.delete(file);
      }
      Path written = Files.writeString(directory.resolve("hold.new"), String.valueOf(tasks));
      Files.move(written, gate(directory));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets all of them go. */
  static void letGo(Path directory) {
    try {
      Files.delete(gate(directory));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** True when a task has been held back on the executor, this time. */
  static boolean holds(Path directory, String executor) {
    return Files.exists(directory.resolve(MARK + executor));
  }

  private static boolean isMark(Path file) {
    return file.getFileName().toString().startsWith(MARK);
  }

  private static Path gate(Path directory) {
    return directory.resolve("hold");
  }

  @Override
  public DriverPlugin driverPlugin() {
    return null;
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new Holder();
  }

  private static final class Holder implements ExecutorPlugin {
    private Path directory;
    private String executor;

    @Override
    public void init(PluginContext context, Map<String, String> settings) {
      directory = Path.of(context.conf().get(DIRECTORY));
      executor = context.executorID();
    }

    @Override
    public void onTaskStart() {
      Path gate = gate(directory);
      if (!Files.exists(gate)) {
        return;
      }
      try {
        int tasks = Integer.parseInt(Files.readString(gate));
        if (TaskContext.get().numPartitions() != tasks) {
          return;
        }
        Files.writeString(directory.resolve(MARK + executor), "");
        while (Files.exists(gate)) {
          Thread.sleep(5);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
