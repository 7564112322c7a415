package io.destine.spark.train;

import io.destine.train.GradientSum;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;

/**
 * What the tasks of a step aggregate: the gradient sum and the time it took. An empty one is the
 * zero. One thread.
 *
 * <p>A wire type. Inside the driver's JVM the sum travels by reference: what is written is where it
 * has been left (see {@link LocalSteps}); in another JVM, the sum itself.
 */
public final class StepSum implements Externalizable {
  private static final long serialVersionUID = 1;

  private TaskTime time = new TaskTime();
  private GradientSum sum = new GradientSum();
  private long step = LocalSteps.NONE;

  /** An empty sum: the zero of an aggregation, and for deserialisation. */
  public StepSum() {}

  GradientSum sum() {
    return sum;
  }

  TaskTime time() {
    return time;
  }

  /**
   * Takes a new state of the sum.
   *
   * @param step number of the step under which it may be left in the driver's JVM
   */
  void set(GradientSum sum, long step) {
    this.sum = sum;
    this.step = step;
  }

  /** Adds another one, which must not be used afterwards, to this one. */
  StepSum merge(StepSum other) {
    long start = System.nanoTime();
    time.merge(other.time);
    sum = sum.merge(other.sum);
    step = step == LocalSteps.NONE ? other.step : step;
    time.addMerge(System.nanoTime() - start);
    return this;
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    if (step != LocalSteps.NONE) {
      sum.sort();
    }
    int key = LocalSteps.leave(step, this);
    out.writeInt(key);
    if (key >= 0) {
      out.writeLong(step);
      return;
    }
    long start = System.nanoTime();
    sum.writeExternal(out);
    time.addSerialise(System.nanoTime() - start);
    time.write(out);
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    int key = in.readInt();
    if (key >= 0) {
      step = in.readLong();
      StepSum left = LocalSteps.take(step, key);
      sum = left.sum;
      time = left.time;
      return;
    }
    long start = System.nanoTime();
    sum.readExternal(in);
    long end = System.nanoTime();
    time.read(in);
    time.addSerialise(end - start);
  }
}
