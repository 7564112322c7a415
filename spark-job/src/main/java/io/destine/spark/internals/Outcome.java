package io.destine.spark.internals;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** The result of work in another thread. */
public final class Outcome {
  private Outcome() {}

  /** The result, waited for; throws what the work has thrown, and when the wait is interrupted. */
  public static <T> T of(Future<T> work) {
    try {
      return work.get();
    } catch (ExecutionException e) {
      throw Outcome.<RuntimeException>unchecked(e.getCause());
    } catch (InterruptedException e) {
      throw Outcome.<RuntimeException>unchecked(e);
    }
  }

  /** Spark, too, throws checked exceptions that it does not declare. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E unchecked(Throwable cause) throws E {
    throw (E) cause;
  }
}
