package io.destine.spark;

import java.util.concurrent.locks.LockSupport;

/** The threads in which checkpoints are written. */
public final class CheckpointThreads {
  private CheckpointThreads() {}

  /** Waits until no checkpoint is being written. */
  public static void awaitNone() {
    while (Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("checkpoint-writer"))) {
      LockSupport.parkNanos(1_000_000);
    }
  }
}
