package io.destine.kernel.nd4j;

import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Restricts ND4J and its BLAS to the calling thread: each core already has a thread that computes
 * rows, and sums that are split over threads would not be reproducible.
 *
 * <p>BLAS and ND4J's own thread pool have one setting per process. OpenMP has one per thread, so
 * each thread must call {@code restrictCaller} before it computes; environment variables are not
 * needed.
 */
final class SingleThread {
  private SingleThread() {}

  /** Restricts the process, and the calling thread. Idempotent. */
  static void restrictProcess() {
    Nd4j.getEnvironment().setMaxMasterThreads(1);
    Nd4j.factory().blas().setMaxThreads(1);
    restrictCaller();
  }

  /** Restricts the calling thread. Costs less than a microsecond. */
  static void restrictCaller() {
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
  }
}
