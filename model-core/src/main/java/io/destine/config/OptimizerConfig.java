package io.destine.config;

import java.util.Objects;

/**
 * How gradients move parameters.
 *
 * @param kind sgd, adagrad or adam
 * @param learningRate step size before warm-up and plateau cuts
 * @param beta1 decay rate of Adam's first moment
 * @param beta2 decay rate of Adam's second moment
 * @param epsilon added to the denominator of Adam and Adagrad; 0 takes the optimiser's own default,
 *     1e-8 and 1e-10
 * @param embeddingL2 lambda of the penalty lambda / 2 * ||E||^2 on every row of the embedding
 *     tables, every step
 * @param clipNorm largest Euclidean norm of the mean gradient, 0 for no clipping
 * @param warmupSteps steps over which the learning rate rises linearly from 0, 0 for none
 */
public record OptimizerConfig(
    OptimizerKind kind,
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double embeddingL2,
    double clipNorm,
    int warmupSteps) {

  public OptimizerConfig {
    Objects.requireNonNull(kind, "kind");
    Check.positive("train.learning-rate", learningRate);
    Check.rate("train.beta1", beta1);
    Check.rate("train.beta2", beta2);
    Check.nonNegative("train.epsilon", epsilon);
    Check.nonNegative("train.embedding-l2", embeddingL2);
    Check.nonNegative("train.clip-norm", clipNorm);
    Check.atLeast("train.warmup-steps", 0, warmupSteps);
    if (epsilon == 0) {
      epsilon = kind == OptimizerKind.ADAGRAD ? 1e-10 : 1e-8;
    }
  }

  /** The defaults with the given optimiser and learning rate. */
  public static OptimizerConfig of(OptimizerKind kind, double learningRate) {
    return new OptimizerConfig(kind, learningRate, 0.9, 0.999, 0, 0, 0, 0);
  }

  /** Adam at 0.001. */
  public static OptimizerConfig defaults() {
    return of(OptimizerKind.ADAM, 0.001);
  }
}
