package io.destine.spark.train;

import java.io.Serializable;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import scala.Function1;
import scala.Function2;
import scala.collection.Iterator;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;

/**
 * The tasks of a run's steps and the one treeAggregate of each, over the same object in every step.
 * Spark looks through the byte code of each function of each job, its own {@code treeAggregate}'s
 * included, for return statements and captured shells: with a job a step that is half of the
 * driver's work and delays every task. What is mapped and folded here skips that search; all else
 * is Spark's.
 */
final class GradientAggregation extends RDD<Integer> {
  private static final long serialVersionUID = 1;
  private static final ClassTag<StepSum> TYPE = ClassTag$.MODULE$.apply(StepSum.class);

  /** Aggregations by the given tasks. */
  GradientAggregation(TaskSlots tasks) {
    super(tasks, TaskSlots.TYPE);
  }

  /**
   * The gradient sum of a step over all blocks. The zero is empty, and merging does not depend on
   * order, so the result has the same bits for any number of tasks, any depth and after any retry.
   */
  StepSum sum(StepTask task, int depth) {
    return sum(new Add(task, LocalSteps.NONE), depth);
  }

  /** The same of a step in this JVM that tasks are to wait for, see {@link LocalSteps}. */
  StepSum sum(long awaited, int depth) {
    return sum(new Add(null, awaited), depth);
  }

  private StepSum sum(Add add, int depth) {
    return treeAggregate(new StepSum(), add, new Merge(), depth, TYPE);
  }

  @Override
  public Iterator<Integer> compute(Partition split, TaskContext context) {
    return this.<Integer>firstParent(TaskSlots.TYPE).iterator(split, context);
  }

  @Override
  public Partition[] getPartitions() {
    return this.<Integer>firstParent(TaskSlots.TYPE).partitions();
  }

  @Override
  public <U> RDD<U> mapPartitions(
      Function1<Iterator<Integer>, Iterator<U>> function,
      boolean preservesPartitioning,
      ClassTag<U> type) {
    return new Mapped<>(this, function, type);
  }

  /** The result of each task. */
  private static final class Mapped<U> extends RDD<U> {
    private static final long serialVersionUID = 1;

    private final Function1<Iterator<Integer>, Iterator<U>> function;
    private final ClassTag<U> type;

    Mapped(
        GradientAggregation tasks,
        Function1<Iterator<Integer>, Iterator<U>> function,
        ClassTag<U> type) {
      super(tasks, type);
      this.function = function;
      this.type = type;
    }

    @Override
    public Iterator<U> compute(Partition split, TaskContext context) {
      return function.apply(this.<Integer>firstParent(TaskSlots.TYPE).iterator(split, context));
    }

    @Override
    public Partition[] getPartitions() {
      return this.<Integer>firstParent(TaskSlots.TYPE).partitions();
    }

    /** Merges few results, most of which are in the driver already, after the job. */
    @Override
    public U fold(U zero, Function2<U, U, U> operation) {
      @SuppressWarnings("unchecked")
      U[] results = (U[]) sparkContext().runJob(this, new Only<U>(), type);
      U sum = zero;
      for (U result : results) {
        sum = operation.apply(sum, result);
      }
      return sum;
    }
  }

  /** The one result of a task. */
  private static final class Only<U> extends AbstractFunction2<TaskContext, Iterator<U>, U>
      implements Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public U apply(TaskContext context, Iterator<U> results) {
      return results.next();
    }
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
