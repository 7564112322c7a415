package io.destine.spark.train;

import io.destine.param.Snapshot;
import io.destine.spark.thread.DaemonThreads;
import io.destine.spark.thread.Outcome;
import java.util.concurrent.FutureTask;

/**
 * Writes snapshots beside the training, one at a time, each in a thread of its own. What a write
 * throws is thrown by the next call here but {@link #close}. Used by one thread, which sees all
 * that a write has done when {@link #await} returns.
 */
final class CheckpointWriter {
  private static final DaemonThreads THREADS = new DaemonThreads("checkpoint-writer");

  /** The last write whose end nobody has waited for, or null. */
  private FutureTask<Void> write;

  private Snapshot snapshot;

  /**
   * Begins to write a snapshot, when the one before is written.
   *
   * @param next is closed when the write is over
   */
  void start(Snapshot next, Runnable writing) {
    await();
    snapshot = next;
    write =
        new FutureTask<>(
            () -> {
              try (next) {
                writing.run();
              }
            },
            null);
    THREADS.newThread(write).start();
  }

  /** True while a snapshot is being written. */
  boolean busy() {
    return write != null && !write.isDone();
  }

  /** Throws what the last write has thrown, if it is over. */
  void requireNoFailure() {
    if (write != null && write.isDone()) {
      await();
    }
  }

  /** Waits for the write that is under way, if there is one. */
  void await() {
    if (write != null) {
      try {
        Outcome.of(write);
      } finally {
        // Whoever is interrupted while waiting may wait again.
        write = write.isDone() ? null : write;
      }
    }
  }

  /** Has the write that is under way fail soon, if it has not read all of its snapshot. */
  void giveUp() {
    if (snapshot != null) {
      snapshot.close();
    }
  }
}
