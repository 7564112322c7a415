package io.destine.spark.sink;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;

/**
 * The tasks that run from here until {@link #close}. Some go on after their job has failed: Spark
 * asks them to stop and returns at once, and one that is about to open its file creates the
 * directory again that is removed meanwhile.
 *
 * <p>The counts of executors in Spark's status store would not do: they leave out a task that
 * starts within a tenth of a second of another event.
 */
final class RunningTasks implements AutoCloseable {
  private static final Duration LONGEST = Duration.ofSeconds(20);

  /** Listeners hear of a task a moment after it has started. */
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

  /** Starts to watch. */
  RunningTasks(SparkContext context) {
    this.context = context;
    context.addSparkListener(listener);
  }

  /** Returns when none runs, or after {@link #LONGEST}. */
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
