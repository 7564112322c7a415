package io.destine.spark.internals;

import java.util.Map;
import java.util.function.Consumer;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.SparkConf;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.apache.spark.memory.SparkOutOfMemoryError;

/**
 * Errors of the JVM, such as OutOfMemoryError, in tasks that run in the driver's process, in local
 * mode. After such an error Spark ends the process with a stack trace and its own exit code; this
 * plugin, which has no other function, is notified first.
 */
public final class TaskErrors implements SparkPlugin {
  private static final String PLUGINS = "spark.plugins";
  private static final String DEPTH = "spark.executor.killOnFatalError.depth";

  private static volatile Consumer<Throwable> end = e -> {};

  /** Called by Spark. */
  public TaskErrors() {}

  /**
   * Adds this plugin to the settings of an application whose tasks run in this process.
   *
   * @param end called in the task's thread with such an error; it may end the process
   */
  public static SparkConf in(SparkConf settings, Consumer<Throwable> end) {
    TaskErrors.end = end;
    if (areHere(settings)) {
      String theirs = settings.get(PLUGINS, "");
      String ours = TaskErrors.class.getName();
      settings.set(PLUGINS, theirs.isEmpty() ? ours : ours + "," + theirs);
    }
    return settings;
  }

  /** True if tasks run in this process. */
  public static boolean areHere(SparkConf settings) {
    String master = settings.get("spark.master", "");
    return master.equals("local") || master.startsWith("local[");
  }

  @Override
  public DriverPlugin driverPlugin() {
    return null;
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return new ExecutorPlugin() {
      private int depth;

      @Override
      public void init(PluginContext context, Map<String, String> none) {
        depth = context.conf().getInt(DEPTH, 5);
      }

      @Override
      public void onTaskFailed(TaskFailedReason reason) {
        if (reason instanceof ExceptionFailure failure
            && failure.exception().isDefined()
            && isFatal(failure.exception().get(), depth)) {
          end.accept(failure.exception().get());
        }
      }
    };
  }

  /**
   * The same decision as Spark's: an error of the JVM, possibly as a cause within a few levels of
   * the exception.
   */
  static boolean isFatal(Throwable thrown, int depth) {
    Throwable e = thrown;
    for (int n = 0; n < depth && e != null; n++) {
      // Not fatal: only the task has requested more than its share.
      if (e instanceof SparkOutOfMemoryError) {
        return false;
      }
      if (e instanceof VirtualMachineError) {
        return true;
      }
      e = e.getCause();
    }
    return false;
  }
}
