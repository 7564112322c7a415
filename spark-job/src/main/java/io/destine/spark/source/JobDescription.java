package io.destine.spark.source;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;

/**
 * The description of the Spark jobs of a thread, such as "encoding rows", which is shown in
 * progress lines and in the Spark UI. Jobs without a description, such as training steps, show
 * none.
 */
public final class JobDescription {
  /** The local property with the description. */
  public static final String PROPERTY = "spark.job.description";

  /** The local property with the number of rows that the jobs process, if known. */
  public static final String ROWS = "destine.rows";

  /** The local property that distinguishes different work with the same description. */
  public static final String WORK = "destine.work";

  private static final AtomicLong WORKS = new AtomicLong();

  private JobDescription() {}

  /** Sets the description of the jobs of this thread from now on; null for none. */
  public static void set(SparkContext context, String words) {
    set(context, words, null);
  }

  /**
   * Sets the description of the jobs of this thread from now on, and the number of rows that they
   * process.
   */
  public static void set(SparkContext context, String words, long rows) {
    set(context, words, Long.toString(rows));
  }

  private static void set(SparkContext context, String words, String rows) {
    context.setLocalProperty(PROPERTY, words);
    context.setLocalProperty(ROWS, rows);
    context.setLocalProperty(WORK, Long.toString(WORKS.incrementAndGet()));
  }

  /** Runs work whose jobs have this description, and returns its result. */
  public static <T> T during(SparkContext context, String words, Supplier<T> work) {
    return restored(
        context,
        () -> {
          set(context, words);
          return work.get();
        });
  }

  /** Runs work whose jobs have this description and number of rows, and returns its result. */
  public static <T> T during(SparkContext context, String words, long rows, Supplier<T> work) {
    return restored(
        context,
        () -> {
          set(context, words, rows);
          return work.get();
        });
  }

  private static <T> T restored(SparkContext context, Supplier<T> work) {
    try (Kept before = keep(context)) {
      return work.get();
    }
  }

  /** The saved job description of a thread; closing restores it. */
  public interface Kept extends AutoCloseable {
    @Override
    void close();
  }

  /** Saves the job description of this thread, to restore it later. */
  public static Kept keep(SparkContext context) {
    String words = context.getLocalProperty(PROPERTY);
    String rows = context.getLocalProperty(ROWS);
    String number = context.getLocalProperty(WORK);
    return () -> {
      context.setLocalProperty(PROPERTY, words);
      context.setLocalProperty(ROWS, rows);
      context.setLocalProperty(WORK, number);
    };
  }
}
