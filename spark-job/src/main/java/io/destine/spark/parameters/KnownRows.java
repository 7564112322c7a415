package io.destine.spark.parameters;

import io.destine.param.ParameterTable;
import io.destine.param.Parameters;
import io.destine.train.IdRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Cache of the table rows of one version that this JVM has requested for scoring. Each table row is
 * requested once; a thread waits only for the ones it needs. Any thread.
 */
final class KnownRows {
  private static final int FEW = 1 << 12;

  /** Requests table rows. */
  @FunctionalInterface
  interface Fetch {
    /**
     * Sets the first table rows of {@code into}.
     *
     * @return false if the version is no longer available
     */
    boolean rows(boolean dense, int[] ids, Parameters into);
  }

  // All fields below are guarded by this.

  private long version = -1;
  private IdRows slots = new IdRows(FEW);
  private Parameters rows;
  private boolean denseAsked;

  /**
   * Pending requests. Replaced when rows are forgotten, so that its identity tells which rows a
   * request was for.
   */
  private List<Request> underWay = new ArrayList<>();

  /**
   * Table rows that one thread requests.
   *
   * @param dense whether the dense tensors and statistics are requested too
   * @param ids [K]
   * @param firstSlot of the ids
   */
  private record Request(boolean dense, int[] ids, int firstSlot, CompletableFuture<Void> done) {
    int endSlot() {
      return firstSlot + ids.length;
    }
  }

  /**
   * Copies the table rows of some ids, the dense tensors and the statistics, after requesting the
   * missing ones.
   */
  void copy(long version, int[] ids, Parameters into, Fetch fetch) {
    boolean copied = false;
    while (!copied) {
      copied = attempt(version, ids, into, fetch);
    }
    into.changed();
  }

  /** Returns false if rows were forgotten meanwhile, as after a failure in another thread. */
  private boolean attempt(long version, int[] ids, Parameters into, Fetch fetch) {
    List<Request> group;
    List<Request> others = new ArrayList<>();
    Request own;
    int[] slotOf = new int[ids.length];
    synchronized (this) {
      if (version < this.version) {
        throw over(version);
      }
      if (rows == null || version > this.version) {
        forget();
        this.version = version;
        rows = new Parameters(into.layout(), into.precision(), 0);
      }
      group = underWay;
      int before = slots.size();
      for (int k = 0; k < ids.length; k++) {
        slotOf[k] = slots.row(ids[k]);
      }
      int[] fresh = Arrays.copyOfRange(slots.ids(), before, slots.size());
      own = new Request(!denseAsked, fresh, before, new CompletableFuture<>());
      denseAsked = true;
      for (Request other : group) {
        if (other.dense() || isIn(other, slotOf)) {
          others.add(other);
        }
      }
      if (own.dense() || fresh.length > 0) {
        group.add(own);
      }
    }
    if (own.dense() || own.ids().length > 0) {
      ask(version, own, group, into, fetch);
    }
    try {
      others.forEach(other -> other.done().join());
    } catch (CompletionException e) {
      return false;
    }
    synchronized (this) {
      if (group != underWay) {
        return false;
      }
      System.arraycopy(rows.dense(), 0, into.dense(), 0, into.dense().length);
      System.arraycopy(rows.statistics(), 0, into.statistics(), 0, into.statistics().length);
      copy(rows.embedding(), slotOf, into.embedding());
      if (rows.wide() != null) {
        copy(rows.wide(), slotOf, into.wide());
      }
      return true;
    }
  }

  private static boolean isIn(Request request, int[] slots) {
    for (int slot : slots) {
      if (slot >= request.firstSlot() && slot < request.endSlot()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Runs a request. If it fails, all known rows are forgotten and the waiting threads request them
   * again.
   */
  private void ask(
      long version, Request request, List<Request> group, Parameters like, Fetch fetch) {
    Parameters fetched = new Parameters(like.layout(), like.precision(), 0);
    try {
      Worker.reserve(fetched, request.ids().length);
      if (!fetch.rows(request.dense(), request.ids(), fetched)) {
        throw over(version);
      }
      synchronized (this) {
        if (group == underWay) {
          keep(request, fetched);
          group.remove(request);
        }
      }
      request.done().complete(null);
    } catch (Throwable e) {
      synchronized (this) {
        if (group == underWay) {
          forget();
        }
      }
      request.done().completeExceptionally(e);
      throw e;
    }
  }

  private void keep(Request request, Parameters fetched) {
    if (request.dense()) {
      System.arraycopy(fetched.dense(), 0, rows.dense(), 0, rows.dense().length);
      System.arraycopy(fetched.statistics(), 0, rows.statistics(), 0, rows.statistics().length);
    }
    Worker.reserve(rows, slots.size());
    int n = request.ids().length;
    fetched.embedding().copy(0, n, rows.embedding(), request.firstSlot());
    if (rows.wide() != null) {
      fetched.wide().copy(0, n, rows.wide(), request.firstSlot());
    }
  }

  private static void copy(ParameterTable from, int[] slotOf, ParameterTable into) {
    for (int k = 0; k < slotOf.length; k++) {
      from.copy(slotOf[k], 1, into, k);
    }
  }

  private static IllegalStateException over(long version) {
    return new IllegalStateException(
        "version " + version + " of the parameters is no longer valid");
  }

  /** Frees the memory. */
  synchronized void forget() {
    if (rows != null) {
      version = -1;
      rows = null;
      slots = new IdRows(FEW);
      denseAsked = false;
      underWay = new ArrayList<>();
    }
  }
}
