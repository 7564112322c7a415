package io.destine.spark.app;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.sql.SparkSession;

/**
 * The end of the process during a command, by a signal such as that of Ctrl-C, or by an error of
 * the JVM outside the command's own thread, such as a lack of memory in a task: one line says what
 * is wrong, what is kept and how to go on, the jobs are cancelled, and the command may clean up.
 * What it and Spark say meanwhile is of no use to anybody and is not printed. The exit code is 128
 * + the signal's number, or that of a failure.
 */
final class Interruption {
  /** Above those of Spark (40) and of Hadoop's file systems (10), which the line may need. */
  private static final int PRIORITY = 100;

  private static final long CLEAN_UP_SECONDS = 10;
  private static final CountDownLatch ENDED = new CountDownLatch(1);
  private static final AtomicReference<Throwable> ERROR = new AtomicReference<>();
  private static volatile boolean underWay;
  private static volatile Work work;
  private static volatile Supplier<Optional<String>> checkpoint = Optional::empty;

  /** The stage of a command, and the data that it leaves when it must end there. */
  private record Work(SparkSession spark, Supplier<Remains> remains) {}

  /**
   * The data that an interrupted command leaves.
   *
   * @param bySignal the rest of a line that begins with "stopped by a signal"
   * @param kept what is kept, for the end of a line about an error; may be empty
   */
  record Remains(String bySignal, String kept) {
    static final Remains NOTHING = new Remains("", "");

    /** What is kept and how to go on from it are the same words for both. */
    static Remains of(String kept) {
      return new Remains("; " + kept, kept);
    }
  }

  private Interruption() {}

  /**
   * From now on a signal is answered as said above.
   *
   * @param errors true when errors that no thread catches are answered so, too
   */
  static void install(boolean errors) {
    ShutdownHookManager.get()
        .addShutdownHook(Interruption::stop, PRIORITY, CLEAN_UP_SECONDS + 5, TimeUnit.SECONDS);
    if (errors) {
      Thread.setDefaultUncaughtExceptionHandler(Interruption::uncaught);
    }
  }

  /** A thread of Spark that ends so may leave the command waiting for it for ever. */
  private static void uncaught(Thread thread, Throwable e) {
    if (e instanceof VirtualMachineError) {
      end(e);
    }
    System.err.print("Exception in thread \"" + thread.getName() + "\" ");
    e.printStackTrace();
  }

  /** Ends the process for an error outside the command's own thread; does not return. */
  static void end(Throwable e) {
    ERROR.compareAndSet(null, e);
    System.exit(Main.FAILED);
  }

  /** True while a signal or an error ends the process. */
  static boolean underWay() {
    return underWay;
  }

  /** The command has a session; the supplier says what is kept if it ends here. */
  static void during(SparkSession spark, Supplier<Remains> remains) {
    work = new Work(spark, remains);
  }

  /** As {@link #during}, of a training, whose failure is told with its checkpoint, too. */
  static void duringTraining(
      SparkSession spark, Supplier<Remains> remains, Supplier<Optional<String>> kept) {
    during(spark, remains);
    checkpoint = kept;
  }

  /** A command begins. */
  static void begin() {
    checkpoint = Optional::empty;
  }

  /**
   * The checkpoint of a training that has failed, for the end of its line; may be empty. Of the
   * encoded rows the training says itself that they are kept.
   */
  static String kept() {
    return safely(checkpoint).orElse("");
  }

  /** The command needs the session no longer. */
  static void over() {
    work = null;
  }

  /** The command has ended by itself, or after a signal. */
  static void ended() {
    ENDED.countDown();
  }

  /** The data that most commands leave. */
  static Supplier<Remains> remains(String command) {
    return () ->
        switch (command) {
          case "evaluate", "inspect", "diff", "status", "plan" -> Remains.NOTHING;
          case "nightly" ->
              Remains.of("run the same command again to resume from the last checkpoint");
          case "predict" ->
              new Remains(
                  "; the output is not complete: run the same command again",
                  "the output is not complete");
          default -> new Remains("; run the same command again", "");
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
    if (stopped != null) {
      stopped.spark.sparkContext().setLogLevel("OFF");
    }
    Remains remains =
        stopped == null
            ? Remains.NOTHING
            : safely(() -> Optional.of(stopped.remains.get())).orElse(Remains.NOTHING);
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {});
    Throwable error = ERROR.get();
    if (error == null) {
      Console.errorStream().println("stopped by a signal" + remains.bySignal);
    } else {
      Main.print(error, Failure.of(error), remains.kept, Console.errorStream());
    }
    if (stopped != null) {
      stopped.spark.sparkContext().cancelAllJobs();
      await();
    }
  }

  private static <T> Optional<T> safely(Supplier<Optional<T>> supplier) {
    try {
      return supplier.get();
    } catch (Exception | OutOfMemoryError e) {
      return Optional.empty();
    }
  }

  private static void await() {
    try {
      ENDED.await(CLEAN_UP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
