package io.destine.config;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * How gradients update parameters. The penalty on embeddings is lambda / 2 * ||E||^2 over all rows
 * of the embedding table; the norm that is clipped is that of the mean gradient. An epsilon of 0
 * selects the optimiser's default. If the penalty has no value, it is computed from the number of
 * training rows, see {@link TrainConfig#resolved}. The penalty on the network applies to its
 * weights, without biases, batch normalization and the tensors of fields. With an average, each
 * epoch is evaluated both with the current parameters and with their average, and the better result
 * counts.
 */
public record OptimizerConfig(
    @Meaning(value = "optimiser of the parameters", key = "optimizer", preset = "adam")
        OptimizerKind kind,
    @Meaning(value = "learning rate before warm-up and cuts", preset = "0.002") double learningRate,
    @Meaning(value = "decay rate of Adam's first moment", preset = "0.9") double beta1,
    @Meaning(value = "decay rate of Adam's second moment", preset = "0.999") double beta2,
    @Meaning(value = "added to the optimiser's denominator; 1e-10 for adagrad", preset = "0")
        double epsilon,
    @Meaning(
            value =
                "penalty on all embeddings, every step; auto: 100 / training rows, or 0 if there"
                    + " are more than 1000 ids per row of a batch",
            preset = "auto")
        Optional<Double> embeddingL2,
    @Meaning(
            value = "penalty on the weights of attention, output and MLP, without biases",
            preset = "0")
        double networkL2,
    @Meaning("settings of the wide part") WideConfig wide,
    @Meaning(value = "maximum gradient norm; 0 for no clipping", preset = "0") double clipNorm,
    @Meaning(value = "steps of a linear warm-up from 0", preset = "0") int warmupSteps,
    @Meaning(
            value = "horizon of the moving average of the parameters, in epochs; 0 for no average",
            key = "average",
            preset = "1")
        double averageEpochs)
    implements Serializable {

  /**
   * The serialised form: an optional number, which Java does not serialise, becomes a number or
   * null.
   */
  private record Travelling(HashMap<String, Object> values) implements Serializable {
    private Object readResolve() {
      values.put("embeddingL2", Optional.ofNullable((Double) values.get("embeddingL2")));
      return Components.of(OptimizerConfig.class, values);
    }
  }

  private Object writeReplace() {
    HashMap<String, Object> values = new HashMap<>(Components.values(this));
    values.put("embeddingL2", embeddingL2.orElse(null));
    return new Travelling(values);
  }

  public OptimizerConfig {
    Objects.requireNonNull(kind, "kind");
    Check.positive("train.learning-rate", learningRate);
    Check.rate("train.beta1", beta1);
    Check.rate("train.beta2", beta2);
    Check.nonNegative("train.epsilon", epsilon);
    Objects.requireNonNull(embeddingL2, "embeddingL2");
    embeddingL2.ifPresent(lambda -> Check.nonNegative("train.embedding-l2", lambda));
    Check.nonNegative("train.network-l2", networkL2);
    wide = Objects.requireNonNullElseGet(wide, WideConfig::defaults);
    Check.nonNegative("train.clip-norm", clipNorm);
    Check.atLeast("train.warmup-steps", 0, warmupSteps);
    Check.nonNegative("train.average", averageEpochs);
    if (epsilon == 0) {
      epsilon = kind.epsilon();
    }
  }

  /** The given optimiser and learning rate, without penalty and average. */
  public static OptimizerConfig of(OptimizerKind kind, double learningRate) {
    Map<String, Object> values = Components.values(defaults().withEmbeddingL2(0).withAverage(0));
    values.putAll(Map.of("kind", kind, "learningRate", learningRate, "epsilon", 0.0));
    return Components.of(OptimizerConfig.class, values);
  }

  /** Adam at 0.002, the automatic penalty, an average over one epoch. */
  public static OptimizerConfig defaults() {
    return Components.defaults(OptimizerConfig.class);
  }

  /** The same with another learning rate. */
  public OptimizerConfig withLearningRate(double rate) {
    return Components.with(this, "learningRate", rate);
  }

  /** The same with another penalty on embeddings. */
  public OptimizerConfig withEmbeddingL2(double lambda) {
    return Components.with(this, "embeddingL2", Optional.of(lambda));
  }

  /**
   * lambda.
   *
   * @throws IllegalArgumentException when it is automatic and not resolved
   */
  public double penalty() {
    return embeddingL2.orElseThrow(
        () ->
            new IllegalArgumentException(
                "embeddingL2 must be a number, got none; see TrainConfig.resolved"));
  }

  /** Whether every row of a table changes in every step. */
  public boolean decaysRows() {
    return embeddingL2.orElse(Double.MIN_VALUE) > 0 || wide.decays();
  }

  /** The same with an average over that many epochs, 0 for none. */
  public OptimizerConfig withAverage(double epochs) {
    return Components.with(this, "averageEpochs", epochs);
  }
}
