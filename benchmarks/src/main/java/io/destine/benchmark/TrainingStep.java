package io.destine.benchmark;

import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.feature.EncodedBatch;
import io.destine.kernel.Kernel;
import io.destine.metric.Logits;
import io.destine.model.NetworkKernels;
import io.destine.optim.Optimizer;
import io.destine.optim.Optimizers;
import io.destine.param.Parameters;
import io.destine.train.GradientSum;

/** A training step in one thread, and its parts. */
final class TrainingStep {
  private static final double LEARNING_RATE = 0.001;

  private final Parameters parameters;
  private final Kernel kernel;
  private final Optimizer optimizer;
  private final int bits;
  private final double[] logits;
  private double checksum;

  /** A step over batches of the given size, on its own parameters. */
  TrainingStep(NetworkKernels kernels, int vocab, int batch) {
    this(kernels, kernels.network().initialParameters(vocab, 7), batch);
  }

  TrainingStep(NetworkKernels kernels, Parameters parameters, int batch) {
    this.parameters = parameters;
    kernel = kernels.create();
    optimizer = Optimizers.create(OptimizerConfig.of(OptimizerKind.ADAM, 0.001), parameters, 1);
    bits = GradientSum.bitsFor(batch, 1);
    logits = new double[batch];
  }

  /** Computes the logits. */
  void logits(EncodedBatch batch) {
    kernel.logits(parameters, batch, logits);
    checksum += logits[0];
  }

  /** Computes the probabilities. */
  void predict(EncodedBatch batch) {
    kernel.logits(parameters, batch, logits);
    for (int n = 0; n < batch.rows(); n++) {
      checksum += Logits.probability(logits[n]);
    }
  }

  /** Forward and backward pass, and the fixed-point sum that a task sends, which is discarded. */
  void sum(EncodedBatch batch) {
    gradient(batch).release();
  }

  private GradientSum gradient(EncodedBatch batch) {
    GradientSum sum = new GradientSum(parameters.layout(), bits);
    kernel.gradient(parameters, batch, null, sum);
    return sum;
  }

  /** Gradient, then Adam on the dense tensors and the touched rows. */
  void step(EncodedBatch batch) {
    GradientSum sum = gradient(batch);
    optimizer.step(sum.toGradient(), LEARNING_RATE);
    sum.release();
  }

  /** Depends on the logits and probabilities, so the compiler cannot remove them. */
  double checksum() {
    return checksum;
  }
}
