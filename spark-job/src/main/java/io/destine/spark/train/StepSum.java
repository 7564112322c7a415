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
 * <p>A wire type. A sum that is in the driver's JVM already travels by reference: what is written
 * is where a task has left it there (see {@link LocalSteps}); else the sum itself, whose table rows
 * the tasks have sent to their owners.
 */
public final class StepSum implements Externalizable {
  private static final long serialVersionUID = 1;

  private static final int HERE = 0;
  private static final int LEFT = 1;

  private TaskTime time = new TaskTime();
  private GradientSum sum = new GradientSum();
  private long step = LocalSteps.NONE;
  private boolean missed;
  private int senders;

  /** An empty sum: the zero of an aggregation, and for deserialisation. */
  public StepSum() {}

  GradientSum sum() {
    return sum;
  }

  TaskTime time() {
    return time;
  }

  /** Says that a task has come when its step was over: the sum is not that of a step. */
  void miss() {
    missed = true;
  }

  /** Whether rows of the step are missing. */
  boolean missed() {
    return missed;
  }

  /** The task has sent table rows to their owners. */
  void sent(long bytes) {
    senders++;
    time.addSumBytes(bytes);
  }

  /** Tasks that have sent table rows to their owners. */
  int senders() {
    return senders;
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
    missed |= other.missed;
    sum = sum.merge(other.sum);
    senders += other.senders;
    step = step == LocalSteps.NONE ? other.step : step;
    time.addMerge(System.nanoTime() - start);
    return this;
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    int key = LocalSteps.leave(step, this);
    if (key >= 0) {
      out.writeByte(LEFT);
      out.writeInt(key);
      out.writeLong(step);
      return;
    }
    out.writeByte(HERE);
    long start = System.nanoTime();
    out.writeBoolean(missed);
    out.writeInt(senders);
    sum.write(out);
    time.addSerialise(System.nanoTime() - start);
    time.write(out);
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    int place = in.readByte();
    if (place == HERE) {
      read(in);
      return;
    }
    int key = in.readInt();
    step = in.readLong();
    StepSum left = LocalSteps.take(step, key);
    sum = left.sum;
    time = left.time;
    missed = left.missed;
  }

  private void read(ObjectInput in) throws IOException {
    long start = System.nanoTime();
    missed = in.readBoolean();
    senders = in.readInt();
    sum.read(in);
    long end = System.nanoTime();
    time.read(in);
    time.addSerialise(end - start);
  }
}
