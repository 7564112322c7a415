package io.destine.spark.parameters;

import io.destine.feature.EncodedBatch;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Parameters of the driver that tasks in its JVM share, so that local mode copies nothing. A task
 * of a step brings the table rows up to date that it is about to read.
 *
 * @param run names them
 */
record SharedParameters(String run) implements ParameterSource, StepParameters {
  private static final long serialVersionUID = 1;
  private static final Map<String, Shared> SHARED = new ConcurrentHashMap<>();

  private record Shared(Parameters parameters, Consumer<int[]> catchUp) {}

  /**
   * Shares the parameters of a run.
   *
   * @param catchUp brings rows of the given ids up to date, in any thread
   */
  static void share(String run, Parameters parameters, Consumer<int[]> catchUp) {
    SHARED.put(run, new Shared(parameters, catchUp));
  }

  /** Forgets a run. */
  static void remove(String run) {
    SHARED.remove(run);
  }

  private Shared shared() {
    Shared shared = SHARED.get(run);
    if (shared == null) {
      throw new IllegalStateException("run " + run + " is over");
    }
    return shared;
  }

  @Override
  public ParameterSource.View of(EncodedBatch rows) {
    return ParameterSource.View.whole(shared().parameters(), rows);
  }

  @Override
  public StepParameters.View of(List<EncodedBatch> rows, ParameterLayout layout) {
    Shared shared = shared();
    long start = System.nanoTime();
    for (EncodedBatch batch : rows) {
      shared.catchUp().accept(batch.ids());
      shared.catchUp().accept(batch.multiIds());
    }
    return StepParameters.View.whole(shared.parameters(), rows, System.nanoTime() - start);
  }
}
