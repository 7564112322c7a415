package io.destine.spark.parameters;

import io.destine.feature.EncodedBatch;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Parameters of the driver that tasks in its JVM share, so that local mode copies nothing.
 *
 * @param run names them
 */
record SharedParameters(String run) implements ParameterSource, StepParameters {
  private static final long serialVersionUID = 1;
  private static final Map<String, Parameters> SHARED = new ConcurrentHashMap<>();

  static void share(String run, Parameters parameters) {
    SHARED.put(run, parameters);
  }

  /** Forgets a run. */
  static void remove(String run) {
    SHARED.remove(run);
  }

  private Parameters shared() {
    Parameters parameters = SHARED.get(run);
    if (parameters == null) {
      throw new IllegalStateException("run " + run + " is over");
    }
    return parameters;
  }

  @Override
  public ParameterSource.View of(EncodedBatch rows) {
    return ParameterSource.View.whole(shared(), rows);
  }

  @Override
  public StepParameters.View of(List<EncodedBatch> rows, ParameterLayout layout) {
    return StepParameters.View.whole(shared(), rows);
  }
}
