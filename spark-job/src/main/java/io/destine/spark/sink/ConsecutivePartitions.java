package io.destine.spark.sink;

import io.destine.spark.internals.TablePlan;
import io.destine.spark.source.InternalRows;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.Dependency;
import org.apache.spark.NarrowDependency;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag$;

/**
 * Merges consecutive partitions, so that rows keep their order. Spark's own coalesce merges
 * partitions on the same machine.
 */
final class ConsecutivePartitions extends RDD<InternalRow> {
  private static final long serialVersionUID = 1;

  private final RDD<InternalRow> parent;
  private final int groups;

  private ConsecutivePartitions(RDD<InternalRow> parent, int groups) {
    super(
        parent.sparkContext(),
        JavaConverters.<Dependency<?>>asScalaBuffer(List.of(new Parents(parent, groups))).toList(),
        ClassTag$.MODULE$.apply(InternalRow.class));
    this.parent = parent;
    this.groups = groups;
  }

  /**
   * The rows of a table, in order, in at most {@code most} partitions. Stages before the last
   * shuffle may run in this call.
   */
  static Dataset<Row> merged(Dataset<Row> table, int most) {
    RDD<InternalRow> rows = TablePlan.of(table).rows();
    // Used even if nothing is merged: another plan of the table would run those stages again.
    RDD<InternalRow> merged =
        rows.getNumPartitions() <= most ? rows : new ConsecutivePartitions(rows, most);
    return InternalRows.table(table.sparkSession(), merged, table.schema());
  }

  private record Group(int index, List<Partition> parents) implements Partition {
    private static final long serialVersionUID = 1;
  }

  @Override
  public Partition[] getPartitions() {
    List<Partition> parents = List.of(parent.partitions());
    Partition[] merged = new Partition[groups];
    for (int g = 0; g < groups; g++) {
      int from = first(g, groups, parents.size());
      int to = first(g + 1, groups, parents.size());
      merged[g] = new Group(g, new ArrayList<>(parents.subList(from, to)));
    }
    return merged;
  }

  @Override
  public Iterator<InternalRow> compute(Partition split, TaskContext context) {
    return JavaConverters.asScalaIterator(new Rows(parent, (Group) split, context));
  }

  /** The first partition of a group. */
  private static int first(int group, int groups, int partitions) {
    return (int) ((long) group * partitions / groups);
  }

  /** The rows of a group, partition by partition. */
  private static final class Rows implements java.util.Iterator<InternalRow> {
    private final RDD<InternalRow> parent;
    private final java.util.Iterator<Partition> partitions;
    private final TaskContext context;
    private Iterator<InternalRow> rows;

    Rows(RDD<InternalRow> parent, Group group, TaskContext context) {
      this.parent = parent;
      this.context = context;
      partitions = group.parents().iterator();
      rows = parent.iterator(partitions.next(), context);
    }

    @Override
    public boolean hasNext() {
      while (!rows.hasNext() && partitions.hasNext()) {
        rows = parent.iterator(partitions.next(), context);
      }
      return rows.hasNext();
    }

    @Override
    public InternalRow next() {
      if (!hasNext()) {
        throw new NoSuchElementException("no more rows");
      }
      return rows.next();
    }
  }

  /** The partitions of a group. */
  private static final class Parents extends NarrowDependency<InternalRow> {
    private static final long serialVersionUID = 1;

    private final int groups;
    private final int partitions;

    Parents(RDD<InternalRow> parent, int groups) {
      super(parent);
      this.groups = groups;
      partitions = parent.getNumPartitions();
    }

    @Override
    public scala.collection.immutable.List<Object> getParents(int group) {
      List<Object> parents = new ArrayList<>();
      for (int p = first(group, groups, partitions);
          p < first(group + 1, groups, partitions);
          p++) {
        parents.add(p);
      }
      return JavaConverters.asScalaBuffer(parents).toList();
    }
  }
}
