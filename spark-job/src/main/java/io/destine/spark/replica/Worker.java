package io.destine.spark.replica;

import io.destine.kernel.Forward;
import io.destine.kernel.Kernel;
import io.destine.kernel.KernelFactory;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What a JVM keeps between the tasks of one of the last runs because it is dear to make: kernels
 * with their scratch memory. A new JVM makes the same.
 */
public final class Worker {
  private static final RunCache<Worker> WORKERS = new RunCache<>(4);

  private final ConcurrentLinkedQueue<Kernel> idle = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Forward> idleForward = new ConcurrentLinkedQueue<>();

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

  /** What scores rows, for the calling thread, to be given back. */
  public Forward borrowForward(KernelFactory factory) {
    Forward forward = idleForward.poll();
    return forward == null ? factory.forward() : forward;
  }

  /** Takes back what has been borrowed. */
  public void giveBackForward(Forward forward) {
    idleForward.add(forward);
  }
}
