package io.destine.spark.app;

import io.destine.spark.sink.TableOutput;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.sql.SparkSession;

/**
 * Handles the end of the process during a command, by a signal such as Ctrl-C, or by an error of
 * the JVM outside the command's own thread, such as an OutOfMemoryError in a task. One line states
 * the problem, the kept data and how to continue; jobs are cancelled, and the command may clean up.
 * Other messages of the command and of Spark are no longer helpful and are suppressed. The exit
 * code is 128 + the signal's number, or the exit code of a failure.
 */
final class Interruption {
  /**
   * Higher than the priorities of Spark (40) and Hadoop's file systems (10), which may be needed to
   * print the line.
   */
  private static final int PRIORITY = 100;

  private static final long CLEAN_UP_SECONDS = 10;
  private static final CountDownLatch ENDED = new CountDownLatch(1);
  private static final AtomicReference<Throwable> ERROR = new AtomicReference<>();
  private static volatile boolean underWay;
  private static volatile Work work;
  private static volatile Supplier<Optional<String>> checkpoint = Optional::empty;

  /** The current stage of a command, and the data that remain if it ends there. */
  private record Work(SparkSession spark, Supplier<Remains> remains) {}

  /**
   * The data that remain after an interrupted command.
   *
   * @param bySignal the rest of a line that begins with "stopped by a signal"
   * @param kept the kept data, for the end of a line about an error; may be empty
   */
  record Remains(String bySignal, String kept) {
    static final Remains NOTHING = new Remains("", "");
    private static final Remains PARTLY =
        new Remains(
            "; without _SUCCESS the output has a part of the rows: run the same command again with"
                + " --overwrite",
            "without _SUCCESS the output has a part of the rows");

    /** The same text on kept data and how to continue for both cases. */
    static Remains of(String kept) {
      return new Remains("; " + kept, kept);
    }
  }

  private Interruption() {}

  /**
   * Installs the handling of signals described above.
   *
   * @param errors whether to handle uncaught errors in the same way
   */
  static void install(boolean errors) {
    ShutdownHookManager.get()
        .addShutdownHook(Interruption::stop, PRIORITY, CLEAN_UP_SECONDS + 5, TimeUnit.SECONDS);
    if (errors) {
      Thread.setDefaultUncaughtExceptionHandler(Interruption::uncaught);
    }
  }

  /**
   * Handles an uncaught error: if a thread of Spark ends, the command might wait for it forever.
   */
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

  /** True while the process is ending because of a signal or an error. */
  static boolean underWay() {
    return underWay;
  }

  /** The command has a session; the supplier describes the data that are kept if it ends here. */
  static void during(SparkSession spark, Supplier<Remains> remains) {
    work = new Work(spark, remains);
  }

  /**
   * Like {@link #during}, for a training run, whose checkpoint is also reported after a failure of
   * memory or storage.
   */
  static void duringTraining(
      SparkSession spark, Supplier<Remains> remains, Supplier<Optional<String>> kept) {
    during(spark, remains);
    checkpoint = kept;
  }

  /** The training of the command is finished, and its model in place. */
  static void trained(SparkSession spark, String model) {
    during(spark, () -> Remains.of("the model is complete in " + model));
  }

  /** Called when a command begins; forgets the checkpoint of an earlier one. */
  static void begin() {
    checkpoint = Optional::empty;
  }

  /**
   * The checkpoint of a failed run, for the end of its line; may be empty. The run itself reports
   * that encoded rows are kept.
   */
  static String kept() {
    return safely(checkpoint).orElse("");
  }

  /** The command writes a table, of which a part remains where a rename copies file by file. */
  static void writing(SparkSession spark, TableOutput target) {
    if (!target.isRenamedAtomically()) {
      during(spark, () -> Remains.PARTLY);
    }
  }

  /** The command no longer needs the session. */
  static void over() {
    work = null;
  }

  /** Called when the command has ended by itself or after a signal. */
  static void ended() {
    ENDED.countDown();
  }

  /** The data that remain after most commands. */
  static Supplier<Remains> remains(String command) {
    return () ->
        switch (command) {
          case "evaluate", "inspect", "diff", "status", "plan" -> Remains.NOTHING;
          case "nightly" ->
              Remains.of("run the same command again to resume from the last checkpoint");
          case "predict" ->
              new Remains(
                  "; the output is unchanged or complete: run the same command again",
                  "the output is unchanged or complete");
          case "replay" ->
              new Remains(
                  "; a replay cannot be resumed: remove output.model, its siblings .frozen and"
                      + " .scratch, and the file of --table, and start it again",
                  "");
          case "rollback" ->
              new Remains("; status shows whether the earlier model is live now", "");
          default -> new Remains("; run the same command again", "");
        };
  }

  /** The data that remain if the command ends now. */
  static Remains now() {
    Work current = work;
    return current == null
        ? Remains.NOTHING
        : safely(() -> Optional.of(current.remains.get())).orElse(Remains.NOTHING);
  }

  private static void stop() {
    if (ENDED.getCount() == 0) {
      return;
    }
    Work stopped = work;
    Console.status().clear();
    // Abandoned checkpoints make the command fail; suppress that failure.
    underWay = true;
    if (stopped != null) {
      stopped.spark.sparkContext().setLogLevel("OFF");
    }
    Remains remains = now();
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {});
    Throwable error = ERROR.get();
    if (error == null) {
      Console.errorStream().println("stopped by a signal" + remains.bySignal);
    } else {
      Main.print(error, Failure.of(error), remains.kept, Console.errorStream());
    }
    // Threads of Spark and Scala print stack traces when their pools are shut down.
    System.setErr(new PrintStream(OutputStream.nullOutputStream()));
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
