package io.destine.spark.train;

import io.destine.spark.internals.DaemonThreads;
import io.destine.spark.internals.Outcome;
import java.util.concurrent.FutureTask;

/**
 * Writes checkpoints beside the training, one at a time, each in a thread of its own. What a write
 * throws is thrown by the next call here but {@link #close}. Used by one thread, which sees all
 * that a write has done when {@link #await} returns.
 */
final class CheckpointWriter {
  private static final DaemonThreads THREADS = new DaemonThreads("checkpoint-writer");

  /** The last write that may still run, or null. */
  private FutureTask<Void> write;

  private TrainedModel.Kept kept;

  /**
   * Begins to write a checkpoint, when the one before is written.
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
        // An interrupted caller may wait again.
        write = write.isDone() ? null : write;
      }
    }
  }

  /** Has the write that is under way fail soon, if it has not read all of the model. */
  void giveUp() {
    if (kept != null) {
      kept.close();
    }
  }
}
