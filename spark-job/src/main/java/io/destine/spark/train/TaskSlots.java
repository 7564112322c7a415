package io.destine.spark.train;

import java.util.List;
import org.apache.spark.Dependency;
import org.apache.spark.Partition;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.collection.JavaConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/** One number per task, 0 to T - 1; each task prefers the executor that holds its blocks. */
final class TaskSlots extends RDD<Integer> {
  private static final long serialVersionUID = 1;
  static final ClassTag<Integer> TYPE = ClassTag$.MODULE$.apply(Integer.class);

  private final String[] locations;

  /**
   * Tasks with the given preferred locations.
   *
   * @param locations [T] in Spark's notation, null for anywhere
   */
  TaskSlots(SparkContext context, String[] locations) {
    super(context, JavaConverters.<Dependency<?>>asScalaBuffer(List.of()).toList(), TYPE);
    this.locations = locations;
  }

  /** [T] the preferred location of each task. */
  String[] locations() {
    return locations;
  }

  private record Slot(int index) implements Partition {
    private static final long serialVersionUID = 1;
  }

  @Override
  public Iterator<Integer> compute(Partition split, TaskContext context) {
    return JavaConverters.asScalaIterator(List.of(split.index()).iterator());
  }

  @Override
  public Partition[] getPartitions() {
    Partition[] partitions = new Partition[locations.length];
    for (int t = 0; t < partitions.length; t++) {
      partitions[t] = new Slot(t);
    }
    return partitions;
  }

  /** List is a subtype of Spark's Seq in Scala 2.12 and in 2.13. */
  @Override
  public scala.collection.immutable.List<String> getPreferredLocations(Partition split) {
    String location = locations[split.index()];
    return JavaConverters.asScalaBuffer(location == null ? List.<String>of() : List.of(location))
        .toList();
  }
}
