package io.destine.spark.train;

import io.destine.spark.internals.StepContext;
import io.destine.spark.parameters.ParameterService;
import io.destine.spark.parameters.StepParameters;
import io.destine.train.GradientSource;
import io.destine.train.GradientSum;
import io.destine.train.StepPlan;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.broadcast.Broadcast;

/** Computes the gradients of steps on the cluster and releases the parameters after each. */
final class SparkGradientSource implements GradientSource, AutoCloseable {
  private final SparkContext context;
  private final RowBlocks rows;
  private final Broadcast<RunContext> run;
  private final ParameterService parameters;
  private final StepClock clock;
  private final LocalSteps localSteps;
  private final ClusterSteps clusterSteps;
  private final StepContext.SmallJobs smallJobs;
  private TaskSlots slots;
  private GradientAggregation aggregation;
  private int epoch = -1;

  /** The newest step for which there have been tasks, and the turn of its group of blocks. */
  private StepPlan newest;

  private int turn;

  SparkGradientSource(
      SparkContext context,
      RowBlocks rows,
      Broadcast<RunContext> run,
      ParameterService parameters,
      StepClock clock) {
    this.context = context;
    this.rows = rows;
    this.run = run;
    this.parameters = parameters;
    this.clock = clock;
    localSteps = parameters.local() ? new LocalSteps() : null;
    smallJobs = StepContext.during(context);
    clusterSteps = parameters.local() ? null : new ClusterSteps(context, parameters);
  }

  @Override
  public GradientSum sum(StepPlan plan, List<StepPlan> following) {
    boolean first = epoch != plan.epoch();
    epoch = plan.epoch();
    // A job that has been started ahead keeps its tasks; no executor comes or goes in local mode.
    if (first || clusterSteps != null) {
      follow();
    }
    clock.start(first);
    StepSum sum = clusterSteps == null ? here(plan, following) : there(plan, following);
    clock.aggregated(sum);
    return sum.sum();
  }

  private void follow() {
    TaskSlots now = rows.follow();
    if (now != slots) {
      slots = now;
      aggregation = new GradientAggregation(slots);
    }
  }

  private StepSum here(StepPlan plan, List<StepPlan> following) {
    int turn = turn(plan);
    return localSteps.sum(
        number -> task(plan, turn, parameters.shared(), number),
        aggregation::sum,
        following.isEmpty() ? null : aggregation::sum);
  }

  private StepSum there(StepPlan plan, List<StepPlan> following) {
    ClusterSteps.Step step = step(plan);
    ClusterSteps.Step next = following.isEmpty() ? null : step(following.get(0));
    StepSum sum = clusterSteps.sum(step, next);
    rows.computed(sum.time().paces());
    return sum;
  }

  private record Tasks(StepPlan plan, GradientAggregation aggregation) {}

  private ClusterSteps.Step step(StepPlan plan) {
    GradientAggregation tasks = aggregation;
    int turn = turn(plan);
    return new ClusterSteps.Step(
        new Tasks(plan, tasks), requests -> tasks.sum(task(plan, turn, requests, LocalSteps.NONE)));
  }

  /** Steps come in order, each of them perhaps several times. */
  private int turn(StepPlan plan) {
    if (newest == null || newest.epoch() != plan.epoch() || newest.group() != plan.group()) {
      turn = rows.nextTurn();
    }
    newest = plan;
    return turn;
  }

  private StepTask task(StepPlan plan, int turn, StepParameters from, long results) {
    return new StepTask(
        run, rows.source(), rows.slotOfColumn(), rows.threads(), turn, from, plan, results);
  }

  @Override
  public void stepped() {
    clock.optimised();
    parameters.moved();
    clock.published();
  }

  /** Frees the cores on which tasks of the next step wait. */
  void letGo() {
    if (clusterSteps != null) {
      clusterSteps.letGo();
    }
  }

  @Override
  public void replaced() {
    parameters.moved();
  }

  @Override
  public void close() {
    smallJobs.close();
    if (localSteps != null) {
      localSteps.close();
    }
    if (clusterSteps != null) {
      clusterSteps.close();
    }
  }
}
