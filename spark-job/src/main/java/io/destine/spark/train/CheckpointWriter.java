package io.destine.spark.train;

import io.destine.spark.internals.DaemonThreads;
import io.destine.spark.internals.Outcome;
import java.util.concurrent.FutureTask;

/**
 * Writes checkpoints concurrently with the training, one at a time, each in its own thread. An
 * exception of a write is thrown by the next call of {@link #start}, {@link #requireNoFailure} or
 * {@link #await}. Used by one thread, to which all effects of a write are visible when {@link
 * #await} returns.
 */
final class CheckpointWriter {
  private static final DaemonThreads THREADS = new DaemonThreads("checkpoint-writer");

  /** The last write, which may still be running, or null. */
  private FutureTask<Void> write;

  private TrainedModel.Kept kept;

  /**
   * Starts to write a checkpoint after the previous one is finished.
   *
   * @param next is closed when the write is over
   */
  void start(TrainedModel.Kept next, Runnable writing) {
    await();
    kept = next;
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

  /** True while a checkpoint is being written. */
  boolean busy() {
    return write != null && !write.isDone();
  }

  /** Throws the exception of the last write, if it has failed. */
  void requireNoFailure() {
    if (write != null && write.isDone()) {
      await();
    }
  }

  /** Waits for the current write, if any. */
  void await() {
    if (write != null) {
      try {
        Outcome.of(write);
      } finally {
        // An interrupted caller may wait again.
        write = write.isDone() ? null : write;
      }
    }
  }

  /** Makes the current write fail soon, unless it has already read all of the model. */
  void giveUp() {
    if (kept != null) {
      kept.close();
    }
  }
}
