package io.destine.spark.parameters;

import io.destine.config.Precision;
import io.destine.kernel.Forward;
import io.destine.kernel.Kernel;
import io.destine.kernel.KernelFactory;
import io.destine.param.ParameterLayout;
import io.destine.param.Parameters;
import io.destine.spark.internals.Address;
import io.destine.spark.internals.MessageClient;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;

/**
 * The objects that a JVM keeps between the tasks of a run because they are expensive to create:
 * kernels with their scratch memory, memory for parameters, and connections. A new JVM creates them
 * again. If executors own the tables, it also keeps this executor's part of them.
 */
public final class Worker {
  /**
   * Longer than the usual pauses between two tasks of an active run; {@link TableOwners} keeps the
   * run alive in longer ones.
   */
  static final Duration IDLE = Duration.ofMinutes(30);

  private static final RunCache<Worker> WORKERS = cache(System::nanoTime);

  private final ConcurrentLinkedQueue<Kernel> idle = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Forward> idleForward = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Parameters> idleRows = new ConcurrentLinkedQueue<>();
  private final KnownRows known = new KnownRows();
  private MessageClient client;
  private OwnerHost owner;

  Worker() {}

  static RunCache<Worker> cache(LongSupplier clock) {
    return new RunCache<>(IDLE, Worker::close, clock);
  }

  /** The worker of this JVM for a run. */
  public static Worker of(String run) {
    return WORKERS.get(run, Worker::new);
  }

  /** Forgets a run. */
  public static void remove(String run) {
    WORKERS.remove(run);
  }

  private synchronized void close() {
    if (client != null) {
      client.close();
      client = null;
    }
    if (owner != null) {
      owner.close();
      owner = null;
    }
  }

  /**
   * Makes this executor listen as an owner of table rows, if it does not yet. Tasks of a lower
   * generation of owners are no longer answered.
   */
  synchronized Address own(TableOwners.Tables tables, int generation) {
    if (owner == null || owner.generation() < generation) {
      if (owner != null) {
        owner.close();
      }
      owner = new OwnerHost(tables, generation);
    }
    return owner.address();
  }

  /** The gradients for the owner at an address; null if it is not the one in this executor. */
  synchronized SumInbox sums(Address address) {
    return owner != null && owner.address().equals(address) ? owner.sums() : null;
  }

  /** A kernel for the calling thread, to be given back. */
  public Kernel borrow(KernelFactory factory) {
    Kernel kernel = idle.poll();
    return kernel == null ? factory.create() : kernel;
  }

  /** Takes a borrowed kernel back. */
  public void giveBack(Kernel kernel) {
    idle.add(kernel);
  }

  /** A kernel that scores rows, for the calling thread, to be given back. */
  public Forward borrowForward(KernelFactory factory) {
    Forward forward = idleForward.poll();
    return forward == null ? factory.forward() : forward;
  }

  /** Takes a borrowed object back. */
  public void giveBackForward(Forward forward) {
    idleForward.add(forward);
  }

  /** Parameters with room for some rows of each table, to be given back. */
  Parameters borrowRows(ParameterLayout layout, int rows) {
    Parameters parameters = idleRows.poll();
    if (parameters == null) {
      parameters = new Parameters(layout, Precision.FLOAT32, 0);
    }
    reserve(parameters, rows);
    return parameters;
  }

  /** Takes a borrowed object back. */
  void giveBackRows(Parameters parameters) {
    idleRows.add(parameters);
  }

  /** Makes room for some rows of each table, with a reserve when the tables have to grow. */
  static void reserve(Parameters parameters, int rows) {
    if (parameters.rows() < rows) {
      int roomy = (int) Math.min(Integer.MAX_VALUE, rows + (long) rows / 2);
      parameters.embedding().growTo(roomy);
      if (parameters.wide() != null) {
        parameters.wide().growTo(roomy);
      }
    }
  }

  /** The table rows that this JVM has requested for scoring. */
  KnownRows known() {
    return known;
  }

  /** Frees the memory of table rows kept for scoring, which steps do not need. */
  public void forgetKnownRows() {
    known.forget();
  }

  /** The run's connections. */
  synchronized MessageClient client() {
    if (client == null) {
      client = new MessageClient();
    }
    return client;
  }
}
