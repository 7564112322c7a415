package io.destine.benchmark;

import io.destine.feature.EncodedBatch;
import io.destine.kernel.Dropout;
import io.destine.kernel.Kernel;
import io.destine.kernel.KernelFactory;
import io.destine.param.GradientSink;
import io.destine.param.Parameters;
import io.destine.random.CounterRandom;
import io.destine.random.Purpose;

/**
 * A kernel that computes nothing. It returns synthetic gradients, with as many bytes as real ones,
 * for all ids that a real kernel would touch, immediately or after the time that a kernel of a
 * given speed would take. The rest of a step's time is spent outside the kernel.
 */
final class IdleKernel implements Kernel {
  /** Number of different rows of gradients. */
  private static final int PATTERNS = 1 << 12;

  /** Approximate size of a number in the gradient of one row of data. */
  private static final double SIZE = 1e-3;

  private final double rowsPerSecond;
  private float[] numbers = {};
  private double logit;

  /** Creates idle kernels; 0 rows per second for no limit. */
  record Factory(double rowsPerSecond) implements KernelFactory {
    @Override
    public Kernel create() {
      return new IdleKernel(rowsPerSecond);
    }
  }

  private IdleKernel(double rowsPerSecond) {
    this.rowsPerSecond = rowsPerSecond;
  }

  @Override
  public String name() {
    return "idle";
  }

  /** Logits differ, since equal ones stop training. */
  @Override
  public void logits(Parameters parameters, EncodedBatch batch, double[] logits) {
    for (int n = 0; n < batch.rows(); n++) {
      logit = logit > 1 ? -1 : logit + 0.01;
      logits[n] = logit;
    }
  }

  @Override
  public void gradient(
      Parameters parameters, EncodedBatch batch, Dropout dropout, GradientSink sink) {
    long start = System.nanoTime();
    int d = parameters.layout().embeddingDim();
    int denseSize = parameters.layout().denseSize();
    if (numbers.length < Math.max(d + PATTERNS, denseSize)) {
      CounterRandom random = CounterRandom.of(1, Purpose.DENSE_INIT);
      numbers = new float[Math.max(d + PATTERNS, denseSize)];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = (float) (SIZE * random.gaussian(i));
      }
    }
    sink.addDense(0, numbers, 0, denseSize);
    for (int id : batch.ids()) {
      sink.addEmbedding(id, numbers, id % PATTERNS);
    }
    sink.addLoss(batch.rows(), batch.rows(), batch.rows());
    if (rowsPerSecond > 0) {
      long end = start + (long) (batch.rows() * 1e9 / rowsPerSecond);
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    }
  }
}
