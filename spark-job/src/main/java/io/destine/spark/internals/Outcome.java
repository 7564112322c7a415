package io.destine.spark.internals;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** The result of an asynchronous task. */
public final class Outcome {
  private Outcome() {}

  /**
   * Waits for the result; throws the exception of the task, or an exception if the wait is
   * interrupted.
   */
  public static <T> T of(Future<T> work) {
    try {
      return work.get();
    } catch (ExecutionException e) {
      throw Outcome.<RuntimeException>unchecked(e.getCause());
    } catch (InterruptedException e) {
      throw Outcome.<RuntimeException>unchecked(e);
    }
  }

  /** Rethrows undeclared checked exceptions, which Spark throws too. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E unchecked(Throwable cause) throws E {
    throw (E) cause;
  }
}
