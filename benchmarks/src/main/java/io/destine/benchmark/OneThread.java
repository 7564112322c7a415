package io.destine.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;

/**
 * Runs work in one thread. Parallel streams inside it stay in that thread: a stream runs in the
 * pool of the thread that starts it, and this pool has one.
 */
final class OneThread implements AutoCloseable {
  private final ForkJoinPool pool = new ForkJoinPool(1);

  /** Starts the work. */
  <T> Future<T> start(Callable<T> work) {
    return pool.submit(work);
  }

  /** Runs several works at the same time, each in a thread of its own, and waits for all. */
  static <T> List<T> together(List<Callable<T>> works) {
    List<OneThread> threads = works.stream().map(work -> new OneThread()).toList();
    List<Future<T>> started = new ArrayList<>();
    for (int i = 0; i < works.size(); i++) {
      started.add(threads.get(i).start(works.get(i)));
    }
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> one : started) {
        results.add(one.get());
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while measuring", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("measurement failed: " + e.getCause(), e.getCause());
    } finally {
      threads.forEach(OneThread::close);
    }
  }

  /** Runs the work and waits for it. */
  static <T> T run(Callable<T> work) {
    return together(List.of(work)).get(0);
  }

  @Override
  public void close() {
    pool.shutdown();
  }
}
