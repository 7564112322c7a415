package io.destine.spark.sink;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * Tracks the running tasks until {@link #close}. Tasks may continue after their job has failed:
 * Spark requests their stop and returns immediately, and a task that is about to open its file
 * recreates the directory that is being removed.
 *
 * <p>The executor counts in Spark's status store are not sufficient: they omit a task that starts
 * within a tenth of a second of another event.
 */
final class RunningTasks implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofSeconds(20);

  /** Listeners are notified of a task with a short delay. */
  private static final Duration PAUSE = Duration.ofMillis(250);

  private final SparkContext context;
  private final Set<Long> running = ConcurrentHashMap.newKeySet();
  private final SparkListener listener =
      new SparkListener() {
        @Override
        public void onTaskStart(SparkListenerTaskStart start) {
          running.add(start.taskInfo().taskId());
        }

        @Override
        public void onTaskEnd(SparkListenerTaskEnd end) {
          running.remove(end.taskInfo().taskId());
        }
      };

  /** Starts tracking. */
  RunningTasks(SparkContext context) {
    this.context = context;
    context.addSparkListener(listener);
  }

  /** Returns when no task is running, or after {@link #LONGEST}. */
  void awaitNone() {
    long end = System.nanoTime() + LONGEST.toNanos();
    int idle = 0;
    while (idle < 2 && !context.isStopped() && System.nanoTime() < end) {
      try {
        Thread.sleep(PAUSE.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      idle = running.isEmpty() ? idle + 1 : 0;
    }
  }

  @Override
  public void close() {
    context.removeSparkListener(listener);
  }
}
