package io.destine.spark.replica;

import io.destine.param.Parameters;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * The driver's side of replication: after each step it publishes the rows that changed. Deltas that
 * have piled up are folded into one that holds the current values of all rows changed since the
 * base, so that a new executor catches up from base, fold and the few deltas after it, and memory
 * stays bounded. In local mode tasks share the driver's parameters and nothing is published. One
 * thread.
 */
public final class ReplicaPublisher implements AutoCloseable {
  /** Deltas are folded when their bytes exceed the last fold's, but at least these. */
  private static final long FOLD_BYTES = 64L << 20;

  private static final int MAX_RECENT = 128;

  private final JavaSparkContext context;
  private final String run;
  private final Parameters parameters;
  private final ParameterBase base;
  private final boolean local;
  private final BitSet changed = new BitSet();
  private final List<Broadcast<ParameterDelta>> recent = new ArrayList<>();
  private Broadcast<ParameterDelta> folded;
  private long foldedVersion;
  private long foldedBytes;
  private long recentBytes;
  private long publishedBytes;

  /**
   * Publishes the given parameters, which must equal what {@code base} creates.
   *
   * @param run an identity that no other run of the application has
   */
  public ReplicaPublisher(
      JavaSparkContext context, String run, Parameters parameters, ParameterBase base) {
    this(context, run, parameters, base, context.isLocal());
  }

  /** Publishes deltas even in local mode when {@code local} is false. */
  public ReplicaPublisher(
      JavaSparkContext context,
      String run,
      Parameters parameters,
      ParameterBase base,
      boolean local) {
    this.context = context;
    this.run = run;
    this.parameters = parameters;
    this.base = base;
    this.local = local;
    if (local) {
      Replicas.share(run, parameters);
    }
  }

  /** The current version, for tasks. */
  public ReplicaHandle handle() {
    return new ReplicaHandle(run, base, folded, foldedVersion, List.copyOf(recent));
  }

  /** Publishes a version in which the given rows, and the dense tensors, have new values. */
  public void publish(int[] ids) {
    if (local) {
      return;
    }
    for (int id : ids) {
      changed.set(id);
    }
    ParameterDelta delta = ParameterDelta.of(parameters, ids, foldedVersion + recent.size() + 1);
    recent.add(context.broadcast(delta));
    recentBytes += delta.bytes();
    publishedBytes += delta.bytes();
    if (recent.size() >= MAX_RECENT || recentBytes > Math.max(FOLD_BYTES, foldedBytes)) {
      fold(foldedVersion + recent.size());
    }
  }

  /** Publishes a version in which every row may have a new value, as a fold. */
  public void publishAll() {
    if (!local) {
      changed.set(0, parameters.rows());
      fold(foldedVersion + recent.size() + 1);
    }
  }

  private void fold(long version) {
    ParameterDelta all = ParameterDelta.of(parameters, changed.stream().toArray(), version);
    Broadcast<ParameterDelta> next = context.broadcast(all);
    release();
    folded = next;
    foldedVersion = version;
    foldedBytes = all.bytes();
    recentBytes = 0;
  }

  private void release() {
    if (folded != null) {
      folded.destroy();
      folded = null;
    }
    recent.forEach(Broadcast::destroy);
    recent.clear();
  }

  /** Bytes of all deltas published so far. */
  public long publishedBytes() {
    return publishedBytes;
  }

  @Override
  public void close() {
    release();
    if (local) {
      Replicas.remove(run);
    }
  }
}
