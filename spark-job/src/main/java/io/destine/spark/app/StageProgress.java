package io.destine.spark.app;

import io.destine.spark.source.JobDescription;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/**
 * Shows how far Spark's jobs that have a {@link JobDescription} are: tasks done of those known so
 * far, and the time since the first. A line appears when work has gone on for a while, then every
 * so often. Any thread.
 */
final class StageProgress extends SparkListener implements AutoCloseable {
  private static final long TERMINAL_MILLIS = 200;
  private static final long LOG_MILLIS = 10_000;
  private static final long FIRST_NANOS = 1_000_000_000L;

  private final StatusLine line;
  private final LongSupplier nanoTime;
  private final ScheduledExecutorService timer;
  private final Set<Integer> stages = new HashSet<>();
  private String activity = "";
  private long startNanos;
  private int tasks;
  private int done;

  /** Shows progress by a thread of its own until it is closed. */
  static StageProgress shown(StatusLine line) {
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "progress");
              thread.setDaemon(true);
              return thread;
            });
    StageProgress progress = new StageProgress(line, System::nanoTime, timer);
    long millis = line.terminal() ? TERMINAL_MILLIS : LOG_MILLIS;
    timer.scheduleAtFixedRate(progress::tick, millis, millis, TimeUnit.MILLISECONDS);
    return progress;
  }

  /** One whose {@link #tick} is called by someone else; timer may be null. */
  StageProgress(StatusLine line, LongSupplier nanoTime, ScheduledExecutorService timer) {
    this.line = line;
    this.nanoTime = nanoTime;
    this.timer = timer;
  }

  @Override
  public synchronized void onStageSubmitted(SparkListenerStageSubmitted event) {
    String words =
        event.properties() == null ? null : event.properties().getProperty(JobDescription.PROPERTY);
    if (words == null) {
      return;
    }
    if (!words.equals(activity)) {
      activity = words;
      startNanos = nanoTime.getAsLong();
      stages.clear();
      tasks = 0;
      done = 0;
    }
    stages.add(event.stageInfo().stageId());
    tasks += event.stageInfo().numTasks();
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
    if (stages.contains(event.stageId()) && event.reason() instanceof Success$) {
      done++;
    }
  }

  @Override
  public synchronized void onStageCompleted(SparkListenerStageCompleted event) {
    stages.remove(event.stageInfo().stageId());
    if (stages.isEmpty()) {
      line.clear();
    }
  }

  /** Shows the state, while there is work. */
  synchronized void tick() {
    long nanos = nanoTime.getAsLong() - startNanos;
    if (!stages.isEmpty() && nanos >= FIRST_NANOS) {
      line.show(
          String.format(
              Locale.ROOT,
              "%s: %,d of %,d tasks, %s",
              activity,
              Math.min(done, tasks),
              tasks,
              ConsoleProgress.duration(nanos * 1e-9)));
    }
  }

  @Override
  public void close() {
    if (timer != null) {
      timer.shutdownNow();
    }
    line.clear();
  }
}
