package io.destine.spark.train;

import io.destine.feature.EncodedBatch;
import io.destine.kernel.Dropout;
import io.destine.kernel.Kernel;
import io.destine.param.GradientSink;
import io.destine.param.Parameters;

/** A kernel that measures its time for gradients. */
class TimedKernel implements Kernel {
  private final Kernel kernel;
  private long nanos;

  TimedKernel(Kernel kernel) {
    this.kernel = kernel;
  }

  long nanos() {
    return nanos;
  }

  @Override
  public String name() {
    return kernel.name();
  }

  @Override
  public void logits(Parameters parameters, EncodedBatch batch, double[] logits) {
    kernel.logits(parameters, batch, logits);
  }

  @Override
  public void gradient(
      Parameters parameters, EncodedBatch batch, Dropout dropout, GradientSink sink) {
    long start = System.nanoTime();
    try {
      kernel.gradient(parameters, batch, dropout, sink);
    } finally {
      nanos += System.nanoTime() - start;
    }
  }
}
