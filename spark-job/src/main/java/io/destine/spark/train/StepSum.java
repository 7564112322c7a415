package io.destine.spark.train;

import io.destine.train.GradientSum;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;

/**
 * What the tasks of a step aggregate: the gradient sum and the time it took. An empty one is the
 * zero. One thread.
 */
public final class StepSum implements Externalizable {
  private static final long serialVersionUID = 1;

  private final TaskTime time = new TaskTime();
  private GradientSum sum = new GradientSum();

  /** An empty sum: the zero of an aggregation, and for deserialisation. */
  public StepSum() {}

  GradientSum sum() {
    return sum;
  }

  TaskTime time() {
    return time;
  }

  void set(GradientSum sum) {
    this.sum = sum;
  }

  /** Adds another one, which must not be used afterwards, to this one. */
  StepSum merge(StepSum other) {
    long start = System.nanoTime();
    time.merge(other.time);
    sum = sum.merge(other.sum);
    time.addMerge(System.nanoTime() - start);
    return this;
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    long start = System.nanoTime();
    sum.writeExternal(out);
    time.addSerialise(System.nanoTime() - start);
    time.write(out);
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    long start = System.nanoTime();
    sum.readExternal(in);
    long end = System.nanoTime();
    time.read(in);
    time.addSerialise(end - start);
  }
}
