package io.destine.spark.replica;

import io.destine.param.Parameters;

/**
 * The replicas of this JVM, one a run and of the last runs only, shared by its tasks. In the
 * driver's JVM the driver's own parameters take their place, so that local mode copies nothing.
 */
public final class Replicas {
  /** A replica holds a table: two, so that one run can follow another. */
  private static final RunCache<Replica> REPLICAS = new RunCache<>(2);

  private Replicas() {}

  private static final class Replica {
    private Parameters parameters;
    private long version;
    private boolean owned;
  }

  /** Shares the driver's parameters with tasks in its JVM. */
  static void share(String run, Parameters parameters) {
    Replica replica = new Replica();
    replica.parameters = parameters;
    replica.owned = true;
    REPLICAS.put(run, replica);
  }

  /** Forgets a run. */
  static void remove(String run) {
    REPLICAS.remove(run);
  }

  /**
   * The parameters at the version of the handle, brought there when this JVM is behind.
   *
   * @throws IllegalStateException when the replica is past that version: the task belongs to a step
   *     that is over
   */
  public static Parameters at(ReplicaHandle handle) {
    Replica replica = REPLICAS.get(handle.run(), Replica::new);
    synchronized (replica) {
      if (!replica.owned) {
        bringUp(replica, handle);
      }
      return replica.parameters;
    }
  }

  private static void bringUp(Replica replica, ReplicaHandle handle) {
    if (replica.version > handle.version()) {
      throw new IllegalStateException(
          "run "
              + handle.run()
              + ": a task of version "
              + handle.version()
              + " must not compute with version "
              + replica.version
              + ": its step is over");
    }
    if (replica.parameters == null) {
      replica.parameters = handle.base().value().create();
    }
    if (replica.version < handle.version()) {
      handle.bringUp(replica.parameters, replica.version);
      replica.version = handle.version();
    }
  }
}
