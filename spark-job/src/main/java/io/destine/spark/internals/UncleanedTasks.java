package io.destine.spark.internals;

import java.io.Serializable;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import scala.Function1;
import scala.Function2;
import scala.collection.Iterator;
import scala.reflect.ClassTag;
import scala.runtime.AbstractFunction2;

/**
 * Tasks whose {@code treeAggregate} runs its functions without Spark's closure cleaner. The cleaner
 * searches the byte code of each function of each job, including those of {@code treeAggregate}
 * itself, for return statements and captured objects of the Spark shell. With one job for each step
 * this is half of the driver's work and delays every task. The map and fold of {@code
 * treeAggregate} skip this search here, in the session of any program; {@link StepContext} skips it
 * for the lambdas of all jobs of a command. Everything else is Spark's.
 *
 * @param <T> type of the elements
 */
public final class UncleanedTasks<T> extends RDD<T> {
  private static final long serialVersionUID = 1;

  private final RDD<T> tasks;

  /** The same elements in the same partitions. */
  public UncleanedTasks(RDD<T> tasks, ClassTag<T> type) {
    super(tasks, type);
    this.tasks = tasks;
  }

  @Override
  public Iterator<T> compute(Partition split, TaskContext context) {
    return tasks.iterator(split, context);
  }

  @Override
  public Partition[] getPartitions() {
    return tasks.partitions();
  }

  /** Called by {@code treeAggregate}. */
  @Override
  public <U> RDD<U> mapPartitions(
      Function1<Iterator<T>, Iterator<U>> function,
      boolean preservesPartitioning,
      ClassTag<U> type) {
    return new Mapped<>(this, function, type);
  }

  /** The result of each task. */
  private static final class Mapped<T, U> extends RDD<U> {
    private static final long serialVersionUID = 1;

    private final RDD<T> tasks;
    private final Function1<Iterator<T>, Iterator<U>> function;
    private final ClassTag<U> type;

    Mapped(RDD<T> tasks, Function1<Iterator<T>, Iterator<U>> function, ClassTag<U> type) {
      super(tasks, type);
      this.tasks = tasks;
      this.function = function;
      this.type = type;
    }

    @Override
    public Iterator<U> compute(Partition split, TaskContext context) {
      return function.apply(tasks.iterator(split, context));
    }

    @Override
    public Partition[] getPartitions() {
      return tasks.partitions();
    }

    /**
     * Called by {@code treeAggregate} with the results of its last level. Merges the results after
     * the job; they are few, and most are already in the driver.
     */
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

  /** The single result of a task. */
  private static final class Only<U> extends AbstractFunction2<TaskContext, Iterator<U>, U>
      implements Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public U apply(TaskContext context, Iterator<U> results) {
      return results.next();
    }
  }
}
