package io.destine.spark.replica;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;

/**
 * Names one version of a run's parameters and how to get them: travels with each task, and is small
 * because tables and deltas are behind broadcasts that only a replica that needs them fetches.
 *
 * @param run identity of the run
 * @param base makes version 0
 * @param folded all changes up to {@code foldedVersion} in one, or null when that is 0
 * @param foldedVersion the version that {@code folded} leads to
 * @param recent the changes after it, one version each, in order
 */
public record ReplicaHandle(
    String run,
    ParameterBase base,
    Broadcast<ParameterDelta> folded,
    long foldedVersion,
    List<Broadcast<ParameterDelta>> recent)
    implements Serializable {

  /** The version that tasks compute with. */
  public long version() {
    return foldedVersion + recent.size();
  }
}
