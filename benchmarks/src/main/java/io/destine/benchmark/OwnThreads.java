package io.destine.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs each piece of work in a separate thread. */
final class OwnThreads {
  private OwnThreads() {}

  /** Runs all pieces of work concurrently, each in its own thread, and waits for them. */
  static <T> List<T> together(List<Callable<T>> works) {
    ExecutorService threads = Executors.newFixedThreadPool(works.size());
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> work : threads.invokeAll(works)) {
        results.add(work.get());
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("measurement failed: " + e.getCause(), e.getCause());
    } finally {
      threads.shutdown();
    }
  }
}
