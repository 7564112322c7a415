package io.destine.kernel.nd4j;

import org.nd4j.linalg.factory.Nd4j;

/**
 * Restricts ND4J and its BLAS to the calling thread: the cluster runs one task per core, and sums
 * that are split over threads would not be reproducible.
 */
final class SingleThread {
  private SingleThread() {}

  /** Applies to the whole process; idempotent. */
  static void enforce() {
    Nd4j.getEnvironment().setMaxThreads(1);
    Nd4j.getEnvironment().setMaxMasterThreads(1);
    Nd4j.factory().blas().setMaxThreads(1);
  }
}
