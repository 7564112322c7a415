package io.destine.spark.train;

import io.destine.spark.internals.UncleanedTasks;
import java.io.Serializable;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;

/**
 * The tasks of a run's steps and the one treeAggregate of each, over the same object in every step.
 */
final class GradientAggregation {
  private static final ClassTag<StepSum> TYPE = ClassTag$.MODULE$.apply(StepSum.class);

  private final UncleanedTasks<Integer> tasks;

  /** Aggregations by the given tasks. */
  GradientAggregation(TaskSlots slots) {
    tasks = new UncleanedTasks<>(slots, TaskSlots.TYPE);
  }

  /**
   * The gradient sum of a step over all blocks. The zero is empty, and merging does not depend on
   * order, so the result has the same bits for any number of tasks and after any retry.
   */
  StepSum sum(StepTask task) {
    return sum(new Add(task, LocalSteps.NONE));
  }

  /** The same of a step in this JVM that tasks are to wait for, see {@link LocalSteps}. */
  StepSum sum(long awaited) {
    return sum(new Add(null, awaited));
  }

  private StepSum sum(Add add) {
    return tasks.treeAggregate(new StepSum(), add, new Merge(), 1, TYPE);
  }

  /** Adds what a task is to do to a sum; nothing when it is not told in time. */
  private static final class Add extends AbstractFunction2<StepSum, Integer, StepSum>
      implements Serializable {
    private static final long serialVersionUID = 1;

    private final StepTask task;
    private final long awaited;

    Add(StepTask task, long awaited) {
      this.task = task;
      this.awaited = awaited;
    }

    @Override
    public StepSum apply(StepSum sum, Integer slot) {
      StepTask told = task != null ? task : LocalSteps.await(awaited);
      return told == null ? sum : told.add(sum, slot);
    }
  }

  /** Adds a sum to a sum. */
  private static final class Merge extends AbstractFunction2<StepSum, StepSum, StepSum>
      implements Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public StepSum apply(StepSum sum, StepSum other) {
      return sum.merge(other);
    }
  }
}
