package io.destine.spark.train;

import io.destine.spark.thread.DaemonThreads;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs the jobs of a step and of the one after it, each in a thread of its own. */
final class StepJobs implements AutoCloseable {
  private static final int MOST = 2;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          MOST,
          MOST,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          new DaemonThreads("step-launcher"));

  StepJobs() {
    // Threads inherit Spark's properties of jobs, such as their pool, from the one that makes them.
    threads.prestartAllCoreThreads();
  }

  Future<StepSum> start(Callable<StepSum> job) {
    return threads.submit(job);
  }

  /** Jobs that run come to their end. */
  @Override
  public void close() {
    threads.shutdown();
  }
}
