package io.destine.spark.train;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The time that a step's tasks spent, in nanoseconds. It is part of their result, so a task that
 * was retried or ran twice counts once. Of several tasks, the phases of the slowest are kept. One
 * thread.
 */
final class TaskTime {
  private long fetch;
  private long gather;
  private long compute;
  private long serialise;
  private long merge;
  private long busy;
  private long bytes;
  private long sumBytes;
  private int tasks;
  private final List<ExecutorPace.Sample> paces = new ArrayList<>();

  /** Adds times, and bytes sent for parameters, of this task. */
  void add(long fetch, long gather, long compute, long bytes) {
    this.fetch += fetch;
    this.bytes += bytes;
    this.gather += gather;
    this.compute += compute;
    busy += fetch + gather + compute;
    tasks = 1;
  }

  /** Adds the work of the task. */
  void addPace(ExecutorPace.Sample sample) {
    paces.add(sample);
  }

  /** Adds bytes of sums of table rows that were sent to their owners. */
  void addSumBytes(long bytes) {
    sumBytes += bytes;
  }

  void addSerialise(long nanos) {
    serialise += nanos;
  }

  void addMerge(long nanos) {
    merge += nanos;
  }

  /** Merges the time of other tasks. */
  void merge(TaskTime other) {
    if (other.slowest() > slowest()) {
      fetch = other.fetch;
      gather = other.gather;
      compute = other.compute;
    }
    serialise = Math.max(serialise, other.serialise);
    merge += other.merge;
    busy += other.busy;
    bytes += other.bytes;
    sumBytes += other.sumBytes;
    tasks += other.tasks;
    paces.addAll(other.paces);
  }

  long fetch() {
    return fetch;
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
    return fetch + gather + compute;
  }

  /** All tasks' time. */
  long busy() {
    return busy;
  }

  /** Bytes exchanged for parameters between all tasks and the owners. */
  long bytes() {
    return bytes;
  }

  /** Bytes of the sums of table rows that tasks have sent to their owners. */
  long sumBytes() {
    return sumBytes;
  }

  int tasks() {
    return tasks;
  }

  /** The work of each task. */
  List<ExecutorPace.Sample> paces() {
    return Collections.unmodifiableList(paces);
  }

  void write(DataOutput out) throws IOException {
    for (long value :
        new long[] {fetch, gather, compute, serialise, merge, busy, tasks, bytes, sumBytes}) {
      out.writeLong(value);
    }
    out.writeInt(paces.size());
    for (ExecutorPace.Sample sample : paces) {
      out.writeUTF(sample.executor());
      out.writeInt(sample.threads());
      out.writeInt(sample.rows());
      out.writeLong(sample.nanos());
    }
  }

  void read(DataInput in) throws IOException {
    fetch = in.readLong();
    gather = in.readLong();
    compute = in.readLong();
    serialise = in.readLong();
    merge = in.readLong();
    busy = in.readLong();
    tasks = (int) in.readLong();
    bytes = in.readLong();
    sumBytes = in.readLong();
    paces.clear();
    for (int n = in.readInt(); n > 0; n--) {
      paces.add(new ExecutorPace.Sample(in.readUTF(), in.readInt(), in.readInt(), in.readLong()));
    }
  }
}
