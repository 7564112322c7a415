package io.destine.spark.source;

import java.util.function.Supplier;
import org.apache.spark.SparkContext;

/**
 * What the Spark jobs of a thread are for, in words that progress lines and Spark's pages show,
 * such as "encoding rows". Jobs without such words, like the steps of a training, show none.
 */
public final class JobDescription {
  /** The local property under which stages carry the words. */
  public static final String PROPERTY = "spark.job.description";

  private JobDescription() {}

  /** Names the jobs of this thread from now on; null for no name. */
  public static void set(SparkContext context, String words) {
    context.setLocalProperty(PROPERTY, words);
  }

  /** What the work returns, whose jobs have this name. */
  public static <T> T during(SparkContext context, String words, Supplier<T> work) {
    String before = context.getLocalProperty(PROPERTY);
    set(context, words);
    try {
      return work.get();
    } finally {
      set(context, before);
    }
  }
}
