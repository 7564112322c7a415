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

/** Computes the gradients of steps on the cluster and releases the parameters after each step. */
final class SparkGradientSource implements GradientSource, AutoCloseable {
  private final SparkContext context;
  private final RowBlocks rows;
  private final Broadcast<RunContext> run;
  private final ParameterService parameters;
  private final StepClock clock;
  private final StepLauncher launcher;
  private final StepContext.SmallJobs smallJobs;
  private TaskSlots slots;
  private GradientAggregation aggregation;
  private int epoch = -1;

  /** The newest step that has been given tasks, and the turn of its group of blocks. */
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
    smallJobs = StepContext.during(context);
    launcher = new StepLauncher(context, parameters);
  }

  @Override
  public GradientSum sum(StepPlan plan, List<StepPlan> following) {
    boolean first = epoch != plan.epoch();
    epoch = plan.epoch();
    follow();
    clock.start(first);
    StepLauncher.Step step = step(plan);
    StepLauncher.Step next = following.isEmpty() ? null : step(following.get(0));
    StepSum sum = launcher.sum(step, next);
    rows.computed(sum.time().paces(), clock.aggregated(sum));
    return sum.sum();
  }

  private void follow() {
    TaskSlots now = rows.follow();
    if (now != slots) {
      slots = now;
      aggregation = new GradientAggregation(slots);
    }
  }

  private record Tasks(StepPlan plan, GradientAggregation aggregation) {}

  private StepLauncher.Step step(StepPlan plan) {
    GradientAggregation tasks = aggregation;
    int turn = turn(plan);
    return new StepLauncher.Step(new Tasks(plan, tasks), from -> tasks.sum(task(plan, turn, from)));
  }

  /** Steps come in order; a step may come several times. */
  private int turn(StepPlan plan) {
    if (newest == null || newest.epoch() != plan.epoch() || newest.group() != plan.group()) {
      turn = rows.nextTurn();
    }
    newest = plan;
    return turn;
  }

  private StepTask task(StepPlan plan, int turn, StepParameters from) {
    return new StepTask(run, rows.source(), rows.slotOfColumn(), rows.threads(), turn, from, plan);
  }

  @Override
  public void stepped() {
    clock.optimised();
    parameters.moved();
    clock.published();
  }

  /** Frees the cores on which tasks of the next step wait. */
  void letGo() {
    launcher.letGo();
  }

  @Override
  public void replaced() {
    parameters.moved();
  }

  @Override
  public void close() {
    smallJobs.close();
    launcher.close();
  }
}
