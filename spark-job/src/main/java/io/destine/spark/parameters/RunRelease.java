package io.destine.spark.parameters;

import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes executors forget a run. An executor that no task reaches keeps the run's {@link Worker}
 * until it has been idle for some time, see {@link RunCache}; the garbage collector may reclaim the
 * parameters of a model.
 */
final class RunRelease {
  private static final Logger LOG = LoggerFactory.getLogger(RunRelease.class);

  private RunRelease() {}

  /** Forgets a run in this JVM and, by a job with a task for each core, on executors. */
  static void everywhere(JavaSparkContext context, String run) {
    here(run);
    if (context.sc().isStopped()) {
      return;
    }
    try {
      int tasks = context.defaultParallelism();
      context
          .parallelize(IntStream.range(0, tasks).boxed().toList(), tasks)
          .foreachPartition(none -> here(run));
    } catch (Exception e) {
      // The run is over anyway, and a stopped cluster has nothing to forget.
      LOG.warn("executors may keep the memory of run {} until they exit: {}", run, e.toString());
    }
  }

  private static void here(String run) {
    ModelParameters.remove(run);
    Worker.remove(run);
  }
}
