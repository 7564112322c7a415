package io.destine.spark.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;

/**
 * Holds tasks back on executors, before they begin, while a file says so: those of stages with the
 * number of tasks that it names. The file is below the directory of the setting {@link #DIRECTORY}.
 */
public final class HeldTasks implements SparkPlugin {
  static final String DIRECTORY = "spark.test.held-tasks";

  /** Holds back tasks of stages of so many tasks that start from here on. */
  static void hold(Path directory, int tasks) {
    try {
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

  /** True when a task has been held back on the executor. */
  static boolean holds(Path directory, String executor) {
    return Files.exists(directory.resolve("held-by-" + executor));
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
        Files.writeString(directory.resolve("held-by-" + executor), "");
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
