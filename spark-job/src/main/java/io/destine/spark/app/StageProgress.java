package io.destine.spark.app;

import io.destine.spark.internals.DaemonThreads;
import io.destine.spark.source.JobDescription;
import io.destine.spark.source.RowProgress;
import io.destine.spark.train.EpochLine;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import scala.Tuple4;
import scala.collection.Iterable;
import scala.collection.Iterator;

/**
 * Shows the progress of Spark jobs with a {@link JobDescription}: the rows done, if tasks count
 * them ({@link RowProgress}), with their rate and, if the total is known, the remaining time;
 * otherwise the finished tasks out of the tasks known so far. The first line appears after a while,
 * further lines at intervals. Any thread.
 */
final class StageProgress extends SparkListener implements AutoCloseable {
  private static final long TERMINAL_MILLIS = 200;
  private static final long LOG_MILLIS = 10_000;
  private static final long FIRST_NANOS = 1_000_000_000L;

  /** Minimum share of finished rows for an estimate of the remaining time. */
  private static final double LEAST_SHARE = 0.05;

  private final StatusLine line;
  private final LongSupplier nanoTime;
  private final ScheduledExecutorService timer;
  private final Set<Integer> stages = new HashSet<>();
  private String activity = "";
  private String work = "";
  private long startNanos;
  private int tasks;
  private int done;
  private final Map<Long, Long> rowsOfTasks = new HashMap<>();
  private long totalRows;

  /** Shows progress from its own thread until it is closed. */
  static StageProgress shown(StatusLine line) {
    ScheduledExecutorService timer =
        Executors.newSingleThreadScheduledExecutor(new DaemonThreads("progress"));
    StageProgress progress = new StageProgress(line, System::nanoTime, timer);
    long millis = line.terminal() ? TERMINAL_MILLIS : LOG_MILLIS;
    timer.scheduleAtFixedRate(progress::tick, millis, millis, TimeUnit.MILLISECONDS);
    return progress;
  }

  /** Shows progress only when the caller calls {@link #tick}; {@code timer} may be null. */
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
    String number = String.valueOf(event.properties().getProperty(JobDescription.WORK));
    if (!words.equals(activity) || !number.equals(work)) {
      activity = words;
      work = number;
      startNanos = nanoTime.getAsLong();
      stages.clear();
      tasks = 0;
      done = 0;
      rowsOfTasks.clear();
      String rows = event.properties().getProperty(JobDescription.ROWS);
      totalRows = rows == null ? 0 : Long.parseLong(rows);
    }
    stages.add(event.stageInfo().stageId());
    tasks += event.stageInfo().numTasks();
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
    if (!stages.contains(event.stageId())) {
      return;
    }
    if (event.reason() instanceof Success$) {
      done++;
      rows(event.taskInfo().taskId(), event.taskInfo().accumulables());
    } else {
      rowsOfTasks.remove(event.taskInfo().taskId());
    }
  }

  @Override
  public synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate event) {
    // The type of sequence differs between Scala 2.12 and 2.13.
    Iterator<? extends Tuple4<?, ?, ?, ? extends Iterable<AccumulableInfo>>> updates =
        event.accumUpdates().iterator();
    while (updates.hasNext()) {
      Tuple4<?, ?, ?, ? extends Iterable<AccumulableInfo>> update = updates.next();
      if (stages.contains((Integer) update._2())) {
        rows((Long) update._1(), update._4());
      }
    }
  }

  /** Records the number of rows that a task has processed so far. */
  private void rows(long task, Iterable<AccumulableInfo> accumulables) {
    Iterator<AccumulableInfo> all = accumulables.iterator();
    while (all.hasNext()) {
      AccumulableInfo info = all.next();
      if (info.name().isDefined()
          && info.name().get().equals(RowProgress.NAME)
          && info.update().isDefined()
          && info.update().get() instanceof Number count) {
        rowsOfTasks.put(task, count.longValue());
      }
    }
  }

  @Override
  public synchronized void onStageCompleted(SparkListenerStageCompleted event) {
    stages.remove(event.stageInfo().stageId());
    if (stages.isEmpty()) {
      line.clear();
    }
  }

  /** Shows the state while jobs are running. */
  synchronized void tick() {
    long nanos = nanoTime.getAsLong() - startNanos;
    if (!stages.isEmpty() && nanos >= FIRST_NANOS) {
      line.show(activity + ": " + state(nanos * 1e-9));
    }
  }

  private String state(double seconds) {
    long rows = rowsOfTasks.values().stream().mapToLong(Long::longValue).sum();
    if (rows == 0) {
      return String.format(
          Locale.ROOT,
          "%,d of %,d tasks, %s",
          Math.min(done, tasks),
          tasks,
          EpochLine.duration(seconds));
    }
    double rate = rows / seconds;
    String text =
        totalRows == 0
            ? String.format(Locale.ROOT, "%,d rows", rows)
            : String.format(Locale.ROOT, "%,d of %,d rows", Math.min(rows, totalRows), totalRows);
    text += String.format(Locale.ROOT, ", %,.0f a second", rate);
    boolean estimate = rows < totalRows && rows >= LEAST_SHARE * totalRows;
    return estimate
        ? text + ", " + EpochLine.duration((totalRows - rows) / rate) + " left"
        : text + ", " + EpochLine.duration(seconds);
  }

  @Override
  public void close() {
    if (timer != null) {
      timer.shutdownNow();
    }
    line.clear();
  }
}
