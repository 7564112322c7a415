package io.destine.spark.replica;

import io.destine.kernel.Kernel;
import io.destine.kernel.KernelFactory;
import io.destine.train.BatchPlan;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What a JVM keeps between the tasks of one of the last runs because it is dear to make: kernels
 * with their scratch memory, and the epoch's order of rows of its logical partitions. All of it is
 * derived, so a new JVM makes the same.
 */
public final class Worker {
  private static final RunCache<Worker> WORKERS = new RunCache<>(4);

  private static final class Order {
    private final int epoch;
    private final int[] rows;

    Order(int epoch, int[] rows) {
      this.epoch = epoch;
      this.rows = rows;
    }
  }

  private final ConcurrentLinkedQueue<Kernel> idle = new ConcurrentLinkedQueue<>();
  private final ConcurrentHashMap<Integer, Order> orders = new ConcurrentHashMap<>();

  private Worker() {}

  /** What this JVM keeps for a run. */
  public static Worker of(String run) {
    return WORKERS.get(run, Worker::new);
  }

  /** Forgets a run. */
  public static void remove(String run) {
    WORKERS.remove(run);
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

  /** The epoch's order of rows of a logical partition; one epoch is kept. */
  public int[] order(long seed, int epoch, int partition, int rows) {
    Order order = orders.get(partition);
    if (order == null || order.epoch != epoch || order.rows.length != rows) {
      order = new Order(epoch, BatchPlan.order(seed, epoch, partition, rows));
      orders.put(partition, order);
    }
    return order.rows;
  }
}
