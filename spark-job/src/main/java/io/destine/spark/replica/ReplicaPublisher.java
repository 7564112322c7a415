package io.destine.spark.replica;

import io.destine.param.Parameters;
import io.destine.train.AscendingIds;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * The driver's side of replication: after each step it publishes the table rows that changed. In
 * local mode tasks share the driver's parameters and nothing is published. One thread.
 *
 * <p>An executor that takes part in every step fetches the changes of each step once. For an
 * executor that has missed steps, the driver also keeps combined changes: every few steps, the
 * changes since the last combination become one span of versions. A new span is merged with the
 * span before it as long as that one has fewer than twice as many table rows. Spans therefore at
 * least halve in size from the oldest to the newest, together they hold at most twice the table,
 * and a changed table row is broadcast again about log2(rows of the table / ids of a batch) times.
 */
public final class ReplicaPublisher implements AutoCloseable {
  /** Steps whose changes are also kept one by one, for executors that have missed a few. */
  public static final int RECENT = 8;

  /** Beyond these bytes, changes are combined early and no longer kept one by one. */
  public static final long RECENT_BYTES = 128L << 20;

  /** The ids of every row. */
  private static final int[] ALL = {};

  private final JavaSparkContext context;
  private final String run;
  private final Parameters parameters;
  private final boolean local;
  private final Broadcast<ParameterBase> base;
  private final List<Change> combined = new ArrayList<>();
  private final Deque<Change> recent = new ArrayDeque<>();
  private long version;
  private long publishedBytes;

  /** A span, with what the driver knows of it. */
  private record Change(VersionSpan span, int[] ids, int rows, long bytes) {}

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
    this.local = local;
    this.base = local ? null : context.broadcast(base);
    if (local) {
      Replicas.share(run, parameters);
    }
  }

  /** True when tasks run in this JVM and share its parameters. */
  public boolean local() {
    return local;
  }

  /** The current version, for tasks. */
  public ReplicaHandle handle() {
    return new ReplicaHandle(
        run,
        base,
        version,
        combined.stream().map(Change::span).toList(),
        recent.stream().map(Change::span).toList());
  }

  /** Publishes a version in which the given table rows, and the dense tensors, have new values. */
  public void publish(int[] ids) {
    if (local) {
      return;
    }
    version++;
    recent.add(change(version - 1, ids));
    long end = combined.isEmpty() ? 0 : combined.get(combined.size() - 1).span().to();
    if (version - end >= RECENT || recentBytes() > RECENT_BYTES) {
      combine(end);
      trimRecent();
    }
  }

  /** Publishes a version in which every row may have a new value. */
  public void publishAll() {
    if (local) {
      return;
    }
    version++;
    release();
    combined.add(change(0, ALL));
  }

  /** Combines the recent changes after the version where the combined changes end. */
  private void combine(long end) {
    int[] ids = {};
    for (Change change : recent) {
      if (change.span().to() > end) {
        ids = AscendingIds.union(ids, change.ids());
      }
    }
    long from = end;
    int rows = ids.length;
    while (!combined.isEmpty() && combined.get(combined.size() - 1).rows() < 2L * rows) {
      Change before = combined.remove(combined.size() - 1);
      from = before.span().from();
      before.span().destroy();
      ids = before.ids() == ALL ? ALL : AscendingIds.union(before.ids(), ids);
      rows = rowsOf(ids);
      if (ids == ALL) {
        break;
      }
    }
    combined.add(change(from, ids));
  }

  private int rowsOf(int[] ids) {
    return ids == ALL ? parameters.rows() : ids.length;
  }

  private long recentBytes() {
    return recent.stream().mapToLong(Change::bytes).sum();
  }

  private void trimRecent() {
    long bytes = recentBytes();
    while (recent.size() > 1
        && (recent.getFirst().span().to() <= version - RECENT || bytes > RECENT_BYTES)) {
      Change oldest = recent.removeFirst();
      bytes -= oldest.bytes();
      oldest.span().destroy();
    }
  }

  private Change change(long from, int[] ids) {
    List<Broadcast<ParameterDelta>> parts = new ArrayList<>();
    long bytes = 0;
    int rows = rowsOf(ids);
    int most = ParameterDelta.mostRows(parameters);
    int start = 0;
    do {
      int end = (int) Math.min(rows, (long) start + most);
      int[] part = ids == ALL ? range(start, end) : Arrays.copyOfRange(ids, start, end);
      ParameterDelta delta = ParameterDelta.of(parameters, part, start == 0);
      parts.add(context.broadcast(delta));
      bytes += delta.bytes();
      start = end;
    } while (start < rows);
    publishedBytes += bytes;
    return new Change(new VersionSpan(from, version, List.copyOf(parts)), ids, rows, bytes);
  }

  private static int[] range(int start, int end) {
    int[] ids = new int[end - start];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = start + i;
    }
    return ids;
  }

  private void release() {
    combined.forEach(change -> change.span().destroy());
    combined.clear();
    recent.forEach(change -> change.span().destroy());
    recent.clear();
  }

  /** Bytes of all changes published so far, combined ones included. */
  public long publishedBytes() {
    return publishedBytes;
  }

  /** Frees broadcasts, and what this JVM and, where they can be reached, executors keep. */
  @Override
  public void close() {
    release();
    if (local) {
      Replicas.remove(run);
      Worker.remove(run);
    } else {
      base.destroy();
      RunRelease.everywhere(context, run);
    }
  }
}
