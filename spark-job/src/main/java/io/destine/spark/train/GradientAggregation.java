package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import java.io.Serializable;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;

/** The one treeAggregate of a step. */
final class GradientAggregation {
  private static final ClassTag<StepSum> TYPE = ClassTag$.MODULE$.apply(StepSum.class);

  private GradientAggregation() {}

  /**
   * The gradient sum of a step over all logical partitions. The zero is empty, and merging does not
   * depend on order, so the result has the same bits for any number of tasks, any depth and after
   * any retry.
   */
  static StepSum sum(StepRows rows, StepWork work, int depth) {
    return rows.treeAggregate(new StepSum(), new Add(work), new Merge(), depth, TYPE);
  }

  /** Adds a logical partition to a sum. */
  private static final class Add extends AbstractFunction2<StepSum, EncodedBatch, StepSum>
      implements Serializable {
    private static final long serialVersionUID = 1;

    private final StepWork work;

    Add(StepWork work) {
      this.work = work;
    }

    @Override
    public StepSum apply(StepSum sum, EncodedBatch partition) {
      return work.add(sum, partition);
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
