package io.destine.spark.tracking;

import io.destine.spark.conf.Redaction;
import io.destine.spark.internals.DaemonThreads;
import io.destine.spark.source.SourceFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Makes the calls of a tracker in order, in a separate thread. The first failure is reported in one
 * line. A failed call is retried with the next call, but no sooner than five seconds later. At the
 * end, each call has two attempts, a second apart. A file is retried only after the end of the run,
 * so that other calls do not wait for it. A file or a call about a registered model that fails for
 * good is left out: the run ends without it.
 */
final class Lane {
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Pause before the second attempt of a call at the end. */
  private static final long LAST_PAUSE_SECONDS = 1;

  /** Timeout for outstanding calls at the end of a training run. */
  private static final long WAIT_SECONDS = 30;

  /**
   * Timeout if there are calls about a registered model, since these upload the files of a model: a
   * day, because each request has a timeout of its own.
   */
  private static final long UPLOAD_SECONDS = 86_400;

  private final Tracker tracker;
  private final Consumer<String> log;
  private final Queue<Queued> calls = new ConcurrentLinkedQueue<>();

  /** Files that have failed once; only the thread uses them. */
  private final List<Queued> failedFiles = new ArrayList<>();

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(new DaemonThreads("destine-tracking"));
  private volatile boolean closing;
  private volatile boolean over;
  private volatile long failed;
  private volatile boolean failing;
  private boolean warned;
  private long waitSeconds = WAIT_SECONDS;

  /** A call of a tracker. */
  interface Call {
    void on(Tracker tracker) throws IOException;
  }

  /**
   * An outstanding call.
   *
   * @param file name of the file that it writes; empty for other calls
   * @param ofModel true if it is about a registered model
   */
  private record Queued(Call call, String file, boolean ofModel) {
    private boolean ofFile() {
      return !file.isEmpty();
    }
  }

  Lane(Tracker tracker, Consumer<String> log) {
    this.tracker = tracker;
    this.log = log;
  }

  void add(Call call) {
    add(new Queued(call, "", false));
  }

  /** Like {@link #add}, for a call that writes a file of the training. */
  void addFile(String name, Call call) {
    add(new Queued(call, name, false));
  }

  private void add(Queued call) {
    if (!over && !closing) {
      calls.add(call);
      thread.execute(this::work);
    }
  }

  /**
   * Like {@link #add}, for a call about a registered model if the tracker registers models; it may
   * take long.
   */
  void addOfModel(Call call) {
    if (tracker.registers()) {
      waitSeconds = UPLOAD_SECONDS;
      add(new Queued(call, "", true));
    }
  }

  private void work() {
    if (failing && !closing && System.nanoTime() - failed < PAUSE_NANOS) {
      return;
    }
    Queued retried = null;
    for (Queued next = calls.peek(); next != null && !over; next = calls.peek()) {
      try {
        next.call().on(tracker);
        calls.remove();
        failing = false;
      } catch (Exception e) {
        boolean again = next == retried || failedFiles.contains(next);
        boolean last = tracker.isFinal(e) || closing && again;
        String what = next.ofFile() ? next.file() + ": " : "";
        warn(what + SourceFailure.firstLine(e) + (last ? "" : "; retrying"));
        if (closing && !last && !next.ofFile()) {
          retried = next;
          pause();
          continue;
        }
        if (next.ofFile() || last && next.ofModel()) {
          calls.remove();
          if (!last) {
            failedFiles.add(next);
          }
          continue;
        }
        over = last;
        failing = true;
        failed = System.nanoTime();
        return;
      }
    }
  }

  private void pause() {
    try {
      TimeUnit.SECONDS.sleep(LAST_PAUSE_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void warn(String why) {
    if (!warned) {
      warned = true;
      log.accept("warning: not tracked in " + Redaction.text(tracker.place() + ": " + why));
    }
  }

  /** Makes the outstanding calls, for a limited time. */
  void close() {
    closing = true;
    thread.execute(
        () -> {
          work();
          calls.addAll(failedFiles);
          work();
        });
    thread.shutdown();
    try {
      if (!thread.awaitTermination(waitSeconds, TimeUnit.SECONDS)) {
        stop();
        warn("not finished within " + waitSeconds + " seconds");
      }
    } catch (InterruptedException e) {
      stop();
      Thread.currentThread().interrupt();
    }
  }

  /** Interrupts the call in progress and leaves out the others. */
  private void stop() {
    over = true;
    thread.shutdownNow();
  }
}
