package io.destine.spark.app;

import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * What happens when a signal, such as that of Ctrl-C, or an error for which Spark ends the process,
 * such as a lack of memory, ends it during a command: one line says what is kept and how to go on,
 * the jobs are cancelled, and the command may clean up. What it and Spark say meanwhile is of no
 * use to anybody and is not printed. The exit code is 128 + the signal's number.
 */
final class Interruption {
  /** Above those of Spark (40) and of Hadoop's file systems (10), which the line may need. */
  private static final int PRIORITY = 100;

  private static final long CLEAN_UP_SECONDS = 10;
  private static final String SIGNAL = "stopped by a signal";
  private static final String ERROR =
      "stopped by an error of the process, named above, most often a lack of memory, of which"
          + " --driver-memory gives more";
  private static final String HANDLER = "org.apache.spark.util.SparkUncaughtExceptionHandler";
  private static final CountDownLatch ENDED = new CountDownLatch(1);
  private static volatile boolean underWay;
  private static volatile Work work;

  /** What a command is at, and what to say when it must end there. */
  private record Work(SparkSession spark, Supplier<String> line) {}

  private Interruption() {}

  /** From now on a signal is answered as said above. */
  static void install() {
    ShutdownHookManager.get()
        .addShutdownHook(Interruption::stop, PRIORITY, CLEAN_UP_SECONDS + 5, TimeUnit.SECONDS);
  }

  /** True while a signal ends the process. */
  static boolean underWay() {
    return underWay;
  }

  /** The command has a session; the supplier says what is kept if it ends here. */
  static void during(SparkSession spark, Supplier<String> line) {
    work = new Work(spark, line);
  }

  /** The command needs the session no longer. */
  static void over() {
    work = null;
  }

  /** The command has ended by itself, or after a signal. */
  static void ended() {
    ENDED.countDown();
  }

  /** What most commands say. */
  static Supplier<String> advice(String command) {
    return () ->
        switch (command) {
          case "evaluate", "inspect", "status", "plan" -> "stopped by a signal";
          case "nightly" ->
              "stopped by a signal; the same command again goes on from the last checkpoint";
          case "predict" ->
              "stopped by a signal; the output is not complete: run the same command again";
          default -> "stopped by a signal; run the same command again";
        };
  }

  private static void stop() {
    if (ENDED.getCount() == 0) {
      return;
    }
    Work stopped = work;
    Console.status().clear();
    // What is given up for the line to be true makes the command fail, which must not be told.
    underWay = true;
    String line = stopped == null ? SIGNAL : line(stopped);
    if (endedBySpark()) {
      line = line.replace(SIGNAL, ERROR);
    }
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {});
    Console.errorStream().println(line);
    if (stopped != null) {
      SparkContext context = stopped.spark.sparkContext();
      context.setLogLevel("OFF");
      context.cancelAllJobs();
      await();
    }
  }

  private static String line(Work work) {
    try {
      return work.line.get();
    } catch (Exception e) {
      return SIGNAL;
    }
  }

  /**
   * Spark's handler of errors that nobody catches waits, in the thread that had one, for the end.
   */
  private static boolean endedBySpark() {
    return Thread.getAllStackTraces().values().stream()
        .flatMap(Arrays::stream)
        .anyMatch(frame -> frame.getClassName().startsWith(HANDLER));
  }

  private static void await() {
    try {
      ENDED.await(CLEAN_UP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
