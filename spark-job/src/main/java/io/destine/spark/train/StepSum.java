package io.destine.spark.train;

import io.destine.spark.parameters.StepParameters;
import io.destine.train.GradientSum;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.util.function.UnaryOperator;

/**
 * The aggregate of a step's tasks: the gradient sum and the time it took. An empty one is the zero.
 * One thread.
 *
 * <p>A wire type; it does not include the sums that tasks have sent to owners of parameters.
 */
public final class StepSum implements Externalizable {
  private static final long serialVersionUID = 1;

  private TaskTime time = new TaskTime();
  private GradientSum sum = new GradientSum();
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

  /** Notes that a task ran after its step was over: the sum is incomplete. */
  void miss() {
    missed = true;
  }

  /** Whether rows of the step are missing. */
  boolean missed() {
    return missed;
  }

  /** Notes that the task has sent its gradient to owners. */
  void sent(StepParameters.Sent sent) {
    senders++;
    time.addSumBytes(sent.bytes());
    sum = sum.merge(sent.rest());
  }

  /** Number of tasks that have sent gradients to owners. */
  int senders() {
    return senders;
  }

  /** Adds the sums that the driver has received as owner of parameters. */
  void complete(UnaryOperator<GradientSum> with) {
    long start = System.nanoTime();
    sum = with.apply(sum);
    time.addMerge(System.nanoTime() - start);
  }

  /** Adds another sum, which must not be used afterwards, to this one. */
  StepSum merge(StepSum other) {
    long start = System.nanoTime();
    time.merge(other.time);
    missed |= other.missed;
    sum = sum.merge(other.sum);
    senders += other.senders;
    time.addMerge(System.nanoTime() - start);
    return this;
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    long start = System.nanoTime();
    out.writeBoolean(missed);
    out.writeInt(senders);
    sum.write(out);
    time.addSerialise(System.nanoTime() - start);
    time.write(out);
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    long start = System.nanoTime();
    missed = in.readBoolean();
    senders = in.readInt();
    sum.read(in);
    long end = System.nanoTime();
    time.read(in);
    time.addSerialise(end - start);
  }
}
