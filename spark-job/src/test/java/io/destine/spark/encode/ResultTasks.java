package io.destine.spark.encode;

import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Counts the tasks whose results go to the driver. */
final class ResultTasks {
  private ResultTasks() {}

  static int of(JavaSparkContext context, Runnable jobs) {
    AtomicInteger tasks = new AtomicInteger();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onTaskEnd(SparkListenerTaskEnd end) {
            if (end.taskType().equals("ResultTask")) {
              tasks.incrementAndGet();
            }
          }
        };
    SparkContext sc = context.sc();
    settle(sc);
    sc.addSparkListener(listener);
    try {
      jobs.run();
      settle(sc);
    } finally {
      sc.removeSparkListener(listener);
    }
    return tasks.get();
  }

  private static void settle(SparkContext sc) {
    try {
      sc.listenerBus().waitUntilEmpty();
    } catch (TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }
}
