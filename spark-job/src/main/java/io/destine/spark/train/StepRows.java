package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
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
 * The rows of a run as its steps aggregate them, the same object in every step. Spark looks through
 * the byte code of each function of each job, its own {@code treeAggregate}'s included, for return
 * statements and captured shells: with a job a step that is half of the driver's work and delays
 * every task. What is mapped and folded here skips that search; all else is Spark's.
 */
final class StepRows extends RDD<EncodedBatch> {
  private static final long serialVersionUID = 1;

  private final boolean here;

  /**
   * Rows over those that are persisted.
   *
   * @param here whether tasks run in this JVM, where few results are best merged after the job
   */
  StepRows(RDD<EncodedBatch> persisted, boolean here) {
    super(persisted, tag(EncodedBatch.class));
    this.here = here;
  }

  private static <T> ClassTag<T> tag(Class<T> type) {
    return ClassTag$.MODULE$.apply(type);
  }

  @Override
  public Iterator<EncodedBatch> compute(Partition split, TaskContext context) {
    return this.<EncodedBatch>firstParent(tag(EncodedBatch.class)).iterator(split, context);
  }

  @Override
  public Partition[] getPartitions() {
    return this.<EncodedBatch>firstParent(tag(EncodedBatch.class)).partitions();
  }

  @Override
  public <U> RDD<U> mapPartitions(
      Function1<Iterator<EncodedBatch>, Iterator<U>> function,
      boolean preservesPartitioning,
      ClassTag<U> type) {
    return new Mapped<>(this, function, here, type);
  }

  /** The result of each partition's rows. */
  private static final class Mapped<U> extends RDD<U> {
    private static final long serialVersionUID = 1;

    private final Function1<Iterator<EncodedBatch>, Iterator<U>> function;
    private final boolean here;
    private final ClassTag<U> type;

    Mapped(
        StepRows rows,
        Function1<Iterator<EncodedBatch>, Iterator<U>> function,
        boolean here,
        ClassTag<U> type) {
      super(rows, type);
      this.function = function;
      this.here = here;
      this.type = type;
    }

    @Override
    public Iterator<U> compute(Partition split, TaskContext context) {
      return function.apply(
          this.<EncodedBatch>firstParent(tag(EncodedBatch.class)).iterator(split, context));
    }

    @Override
    public Partition[] getPartitions() {
      return this.<EncodedBatch>firstParent(tag(EncodedBatch.class)).partitions();
    }

    @Override
    public U fold(U zero, Function2<U, U, U> operation) {
      if (!here) {
        return super.fold(zero, operation);
      }
      @SuppressWarnings("unchecked")
      U[] results = (U[]) sparkContext().runJob(this, new Only<U>(), type);
      U sum = zero;
      for (U result : results) {
        sum = operation.apply(sum, result);
      }
      return sum;
    }
  }

  /** The one result of a partition. */
  private static final class Only<U> extends AbstractFunction2<TaskContext, Iterator<U>, U>
      implements Serializable {
    private static final long serialVersionUID = 1;

    @Override
    public U apply(TaskContext context, Iterator<U> results) {
      return results.next();
    }
  }
}
