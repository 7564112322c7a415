package io.destine.spark.source;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;

/**
 * The purpose of the Spark jobs of a thread, in words that progress lines and Spark's pages show,
 * such as "encoding rows". Jobs without such words, like the steps of a training, show none.
 */
public final class JobDescription {
  /** The local property under which stages carry the words. */
  public static final String PROPERTY = "spark.job.description";

  /** The local property with the number of rows that the jobs go through, if it is known. */
  public static final String ROWS = "destine.rows";

  /** The local property that tells one piece of work from another with the same words. */
  public static final String WORK = "destine.work";

  private static final AtomicLong WORKS = new AtomicLong();

  private JobDescription() {}

  /** Names the jobs of this thread from now on; null for no name. */
  public static void set(SparkContext context, String words) {
    set(context, words, null);
  }

  /** Names the jobs of this thread from now on, which go through that many rows. */
  public static void set(SparkContext context, String words, long rows) {
    set(context, words, Long.toString(rows));
  }

  private static void set(SparkContext context, String words, String rows) {
    context.setLocalProperty(PROPERTY, words);
    context.setLocalProperty(ROWS, rows);
    context.setLocalProperty(WORK, Long.toString(WORKS.incrementAndGet()));
  }

  /** The result of the work, whose jobs have this name. */
  public static <T> T during(SparkContext context, String words, Supplier<T> work) {
    return restored(
        context,
        () -> {
          set(context, words);
          return work.get();
        });
  }

  /** The result of the work, whose jobs have this name and go through that many rows. */
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

  /** The names of the jobs of a thread; closing gives them back to it. */
  public interface Kept extends AutoCloseable {
    @Override
    void close();
  }

  /** Keeps the name of the jobs of this thread, to give it back. */
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
