package io.destine.spark.parameters;

import io.destine.feature.EncodedBatch;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.train.GradientSum;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Parameters of the driver that tasks in the same JVM read in place, so that local mode copies
 * nothing. Tasks hand over their gradients here too.
 *
 * @param run identity of the run
 * @param step whose tasks wait for the version, or {@link RowService#NO_STEP}
 * @param version of the parameters
 */
record SharedParameters(String run, long step, long version)
    implements ParameterSource, StepParameters {
  private static final long serialVersionUID = 1;
  private static final Map<String, Shared> SHARED = new ConcurrentHashMap<>();

  /** Receives the gradients of tasks. */
  @FunctionalInterface
  interface Sums {
    /** Returns false when the step is over. */
    boolean put(long step, int slot, GradientSum sum);
  }

  private record Shared(Parameters parameters, RowService rows, Sums sums) {}

  /** Shares the parameters of a run. */
  static void share(String run, Parameters parameters, RowService rows, Sums sums) {
    SHARED.put(run, new Shared(parameters, rows, sums));
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
    long held = shared.rows().await(step, version, rows);
    if (held == RowService.OVER) {
      return null;
    }
    long nanos = System.nanoTime() - start - held;
    return new StepParameters.View(shared.parameters(), rows, null, nanos, held > 0, 0, () -> {});
  }

  @Override
  public Sent send(int slot, GradientSum sum, StepParameters.View view) {
    return shared().sums().put(step, slot, sum) ? new Sent(new GradientSum(), 0) : null;
  }
}
