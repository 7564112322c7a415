package io.destine.spark.train;

import io.destine.train.GradientSum;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;

/**
 * What the tasks of a step aggregate: the gradient sum and the time it took. An empty one is the
 * zero. One thread.
 *
 * <p>A wire type. A sum that is in the driver's JVM already travels by reference: what is written
 * is where it has been left, by a task there (see {@link LocalSteps}) or by a message of a task
 * elsewhere (see {@link SentSums}); else the sum itself.
 */
public final class StepSum implements Externalizable {
  private static final long serialVersionUID = 1;

  private static final int HERE = 0;
  private static final int LEFT = 1;
  private static final int SENT = 2;

  private TaskTime time = new TaskTime();
  private GradientSum sum = new GradientSum();
  private long step = LocalSteps.NONE;
  private boolean missed;
  private SentSums.Key sent;

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

  /** The sum has been sent to the driver: it is no longer here. */
  void sent(SentSums.Key key) {
    sent = key;
    sum = new GradientSum();
    time = new TaskTime();
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
    step = step == LocalSteps.NONE ? other.step : step;
    if (sent != null && other.sent != null) {
      throw new IllegalStateException("sums that are in the driver cannot be added elsewhere");
    }
    sent = sent == null ? other.sent : sent;
    time.addMerge(System.nanoTime() - start);
    return this;
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    if (sent != null) {
      out.writeByte(SENT);
      sent.write(out);
      return;
    }
    int key = LocalSteps.leave(step, this);
    if (key >= 0) {
      out.writeByte(LEFT);
      out.writeInt(key);
      out.writeLong(step);
      return;
    }
    out.writeByte(HERE);
    write(out);
  }

  /** Writes the sum itself. */
  void write(DataOutput out) throws IOException {
    long start = System.nanoTime();
    out.writeBoolean(missed);
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
    StepSum left;
    if (place == SENT) {
      left = SentSums.take(SentSums.Key.read(in));
    } else {
      int key = in.readInt();
      step = in.readLong();
      left = LocalSteps.take(step, key);
    }
    sum = left.sum;
    time = left.time;
    missed = left.missed;
  }

  /** Reads what {@link #write} wrote, into an empty sum. */
  void read(DataInput in) throws IOException {
    long start = System.nanoTime();
    missed = in.readBoolean();
    sum.read(in);
    long end = System.nanoTime();
    time.read(in);
    time.addSerialise(end - start);
  }
}
