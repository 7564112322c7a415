package io.destine.spark.train;

import io.destine.spark.internals.UncleanedTasks;
import java.io.Serializable;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;

/**
 * The tasks of a run's steps and the treeAggregate of each step, over the same RDD object in every
 * step.
 */
final class GradientAggregation {
  private static final ClassTag<StepSum> TYPE = ClassTag$.MODULE$.apply(StepSum.class);

  private final UncleanedTasks<Integer> tasks;

  /** Aggregates over the given tasks. */
  GradientAggregation(TaskSlots slots) {
    tasks = new UncleanedTasks<>(slots, TaskSlots.TYPE);
  }

  /**
   * The gradient sum of a step over all blocks. The zero is empty, and merging does not depend on
   * order, so the result is bit-identical for any number of tasks and after any retry.
   */
  StepSum sum(StepTask task) {
    return tasks.treeAggregate(new StepSum(), new Add(task), new Merge(), 1, TYPE);
  }

  /** Adds the gradient of a task's rows to a sum. */
  private static final class Add extends AbstractFunction2<StepSum, Integer, StepSum>
      implements Serializable {
    private static final long serialVersionUID = 1;

    private final StepTask task;

    Add(StepTask task) {
      this.task = task;
    }

    @Override
    public StepSum apply(StepSum sum, Integer slot) {
      return task.add(sum, slot);
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
