package io.destine.spark;

import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * A checked exception that Spark throws without declaring it, such as when a job is aborted after
 * the loss of executors.
 */
public final class UnseenFailure {
  private UnseenFailure() {}

  /** The failure, thrown as Spark does. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> RuntimeException thrown(Throwable failure) throws E {
    throw (E) failure;
  }

  /** The context with the behaviour of a cluster that aborts all jobs. */
  public static JavaSparkContext ofAllJobs(JavaSparkContext context) {
    return new JavaSparkContext(context.sc()) {
      @Override
      public Boolean isLocal() {
        return false;
      }

      @Override
      public Integer defaultParallelism() {
        throw UnseenFailure.<RuntimeException>thrown(new SparkException("Job aborted"));
      }
    };
  }
}
