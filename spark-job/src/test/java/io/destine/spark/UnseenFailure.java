package io.destine.spark;

import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;

/** What Spark throws without declaring it, such as when executors are gone until a job aborts. */
public final class UnseenFailure {
  private UnseenFailure() {}

  /** The failure, thrown as Spark does. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> RuntimeException thrown(Throwable failure) throws E {
    throw (E) failure;
  }

  /** The context as that of a cluster on which all jobs are aborted. */
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
