package io.destine.spark.conf;

import io.destine.config.Metric;
import io.destine.config.OptimizerConfig;
import io.destine.config.OptimizerKind;
import io.destine.config.TrainConfig;

/** Reads how a model is trained and its checkpoints kept, for {@link JobConfigReader}. */
final class TrainReader {
  private final Reading reading;

  TrainReader(Reading reading) {
    this.reading = reading;
  }

  TrainConfig train(Section s, TrainConfig d) {
    return reading.build(
        s.path(),
        () -> {
          int batchSize =
              s.integer("batch-size", d.batchSize(), "rows of a step, a multiple of 16");
          int blocks =
              batchSize == d.batchSize()
                  ? d.blocksPerStep()
                  : TrainConfig.blocksPerStepFor(batchSize);
          return new TrainConfig(
              batchSize,
              s.integer("epochs", d.epochs(), "most epochs to train"),
              s.longInteger("seed", d.seed(), "seed of initial values, row order and dropout"),
              s.integer(
                  "blocks-per-step",
                  blocks,
                  "blocks of rows that steps take at a time; a 64th of the batch, 16 to 256"),
              s.decimal("plateau-factor", d.plateauFactor(), "learning-rate factor on a plateau"),
              s.integer("plateau-cuts", d.plateauCuts(), "cuts without a new best before stopping"),
              s.choice(
                  "metric",
                  Metric.class,
                  d.metric(),
                  "names the best epoch; of nights, that of the gate unless set"),
              optimizer(s, d.optimizer()));
        },
        d);
  }

  private static OptimizerConfig optimizer(Section s, OptimizerConfig d) {
    OptimizerKind kind =
        s.choice("optimizer", OptimizerKind.class, d.kind(), "how gradients move parameters");
    double epsilon = kind == d.kind() ? d.epsilon() : OptimizerConfig.of(kind, 1).epsilon();
    return new OptimizerConfig(
        kind,
        s.decimal("learning-rate", d.learningRate(), "step size before warm-up and cuts"),
        s.decimal("beta1", d.beta1(), "decay rate of Adam's first moment"),
        s.decimal("beta2", d.beta2(), "decay rate of Adam's second moment"),
        s.decimal("epsilon", epsilon, "added to the optimiser's denominator; 1e-10 for adagrad"),
        s.decimal("embedding-l2", d.embeddingL2(), "penalty on all embeddings, every step"),
        s.decimal("clip-norm", d.clipNorm(), "largest gradient norm, 0 for no clipping"),
        s.integer("warmup-steps", d.warmupSteps(), "steps of a linear rise from 0"));
  }

  CheckpointConfig checkpoint(Section s, CheckpointConfig d) {
    return reading.build(
        s.path(),
        () ->
            new CheckpointConfig(
                s.integer(
                    "steps",
                    d.steps(),
                    "steps between checkpoints, 0 for none by steps; training waits if the last one is"
                        + " still being written"),
                s.decimal(
                    "minutes",
                    d.minutes(),
                    "minutes between checkpoints, 0 for none by time; later if the last one is still"
                        + " being written"),
                s.integer("keep", d.keep(), "newest checkpoints to keep; the best epoch stays")),
        d);
  }
}
