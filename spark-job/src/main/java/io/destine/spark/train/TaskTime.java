package io.destine.spark.train;

import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;

/**
 * The time that a step's tasks spent, in nanoseconds. It travels inside their result, so a task
 * that was retried or lost a race counts once. Of several tasks the phases of the slowest are kept.
 * One thread.
 */
final class TaskTime {
  private long replica;
  private long gather;
  private long compute;
  private long serialise;
  private long merge;
  private long busy;
  private int tasks;

  /** Adds a block's times to those of this task. */
  void add(long replica, long gather, long compute) {
    this.replica += replica;
    this.gather += gather;
    this.compute += compute;
    busy += replica + gather + compute;
    tasks = 1;
  }

  void addSerialise(long nanos) {
    serialise += nanos;
  }

  void addMerge(long nanos) {
    merge += nanos;
  }

  /** Takes in the time of other tasks. */
  void merge(TaskTime other) {
    if (other.slowest() > slowest()) {
      replica = other.replica;
      gather = other.gather;
      compute = other.compute;
    }
    serialise = Math.max(serialise, other.serialise);
    merge += other.merge;
    busy += other.busy;
    tasks += other.tasks;
  }

  long replica() {
    return replica;
  }

  long gather() {
    return gather;
  }

  long compute() {
    return compute;
  }

  long serialise() {
    return serialise;
  }

  long merge() {
    return merge;
  }

  /** The slowest task's time. */
  long slowest() {
    return replica + gather + compute;
  }

  /** All tasks' time. */
  long busy() {
    return busy;
  }

  int tasks() {
    return tasks;
  }

  void write(ObjectOutput out) throws IOException {
    for (long value : new long[] {replica, gather, compute, serialise, merge, busy, tasks}) {
      out.writeLong(value);
    }
  }

  void read(ObjectInput in) throws IOException {
    replica = in.readLong();
    gather = in.readLong();
    compute = in.readLong();
    serialise = in.readLong();
    merge = in.readLong();
    busy = in.readLong();
    tasks = (int) in.readLong();
  }
}
