package io.destine.spark.replica;

import io.destine.param.Parameters;
import java.io.Serializable;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/**
 * Names one version of a run's parameters and how to get them: travels with each task, and is small
 * because tables and deltas are behind broadcasts that only a replica that needs them fetches.
 *
 * @param run identity of the run
 * @param base makes version 0; null when the driver's JVM runs the tasks
 * @param version that tasks compute with
 * @param combined spans from version 0 on, each going on where the one before it ends
 * @param recent spans of one version each, the last of which leads to {@code version}; they begin
 *     no later than the combined spans end
 */
public record ReplicaHandle(
    String run,
    Broadcast<ParameterBase> base,
    long version,
    List<VersionSpan> combined,
    List<VersionSpan> recent)
    implements Serializable {

  /** Brings parameters of an earlier version to this one. */
  void bringUp(Parameters parameters, long found) {
    long at = found;
    if (recent.isEmpty() || at < recent.get(0).from()) {
      at = apply(combined, parameters, at);
    }
    at = apply(recent, parameters, at);
    if (at != version) {
      throw new IllegalStateException(
          "run " + run + ": changes must lead to version " + version + ", got " + at);
    }
  }

  private static long apply(List<VersionSpan> spans, Parameters parameters, long found) {
    long at = found;
    for (VersionSpan span : spans) {
      if (span.from() <= at && at < span.to()) {
        span.applyTo(parameters);
        at = span.to();
      }
    }
    return at;
  }
}
