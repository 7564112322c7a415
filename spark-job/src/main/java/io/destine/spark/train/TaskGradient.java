package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import io.destine.kernel.Dropout;
import io.destine.kernel.Kernel;
import io.destine.param.Parameters;
import io.destine.spark.internals.DaemonThreads;
import io.destine.spark.parameters.Worker;
import io.destine.train.GradientSum;
import io.destine.train.GradientTask;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The gradient of a task's rows, computed by several threads that take blocks in turn; the result
 * does not depend on which thread takes which block.
 */
final class TaskGradient {
  private static final ExecutorService HELPERS =
      Executors.newCachedThreadPool(new DaemonThreads("gradient"));

  private final RunContext context;
  private final Parameters parameters;
  private final List<EncodedBatch> rows;
  private final int places;
  private final Dropout dropout;
  private final AtomicInteger taken = new AtomicInteger();

  /** The result of one thread. */
  record Part(GradientSum sum, long nanos) {}

  /**
   * Prepares the computation.
   *
   * @param rows by block
   * @param places number of distinct ids if ids are indices into them; otherwise -1
   * @param epoch counted from 0
   */
  TaskGradient(
      RunContext context, Parameters parameters, List<EncodedBatch> rows, int places, int epoch) {
    this.context = context;
    this.parameters = parameters;
    this.rows = rows;
    this.places = places;
    dropout = new Dropout(context.seed(), epoch);
  }

  /** The sum over all rows, and the kernel time of the slowest thread. */
  Part compute(int threads) {
    List<Future<Part>> others = new ArrayList<>();
    for (int t = 1; t < Math.min(threads, rows.size()); t++) {
      others.add(HELPERS.submit(() -> part(new GradientSum())));
    }
    Part own;
    try {
      own = part(others.isEmpty() && places >= 0 ? sumOfPlaces() : new GradientSum());
    } catch (Throwable e) {
      // The other threads find no blocks left.
      taken.set(rows.size());
      throw e;
    }
    GradientSum sum = own.sum();
    long nanos = own.nanos();
    for (Future<Part> other : others) {
      Part part = result(other);
      sum = sum.merge(part.sum());
      nanos = Math.max(nanos, part.nanos());
    }
    return new Part(sum, nanos);
  }

  private static Part result(Future<Part> other) {
    try {
      return other.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while computing a gradient");
    }
  }

  /**
   * A sum with zeros for all ids: only for one thread, since each of several threads would need its
   * own zeros.
   */
  private GradientSum sumOfPlaces() {
    return GradientSum.ofPlaces(parameters.layout(), context.scale().bits(), places);
  }

  private Part part(GradientSum start) {
    Worker worker = Worker.of(context.run());
    Kernel kernel = worker.borrow(context.kernels());
    TimedKernel timed = new TimedKernel(kernel);
    GradientSum sum = start;
    try {
      for (int i = taken.getAndIncrement(); i < rows.size(); i = taken.getAndIncrement()) {
        sum = GradientTask.add(sum, timed, parameters, rows.get(i), dropout, context.scale());
      }
    } finally {
      worker.giveBack(kernel);
    }
    return new Part(sum, timed.nanos());
  }
}
