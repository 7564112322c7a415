package io.destine.spark.conf;

import io.destine.config.Check;
import io.destine.config.Components;
import io.destine.config.Meaning;

/**
 * Settings of a search. The searched settings are given next to these keys, see {@link TuneFile}.
 *
 * @param keepOneIn of successive halving
 */
public record TuneConfig(
    @Meaning(
            value =
                "grid trains all combinations of lists; random draws trials; halving draws trials,"
                    + " trains them for a few epochs, and continues the best; ablation trains the"
                    + " configuration as it is, and with each value of each list alone",
            preset = "grid")
        Search search,
    @Meaning(value = "number of trials that random and halving draw", preset = "20") int trials,
    @Meaning(
            value =
                "number of training runs per trial, with consecutive seeds starting at train.seed",
            preset = "1")
        int seeds,
    @Meaning(value = "seed of the draws", preset = "1") long seed,
    @Meaning(
            value =
                "halving: reduction factor N; 1 / N of the trials continue, with N times the "
                    + "epochs",
            preset = "3")
        int keepOneIn,
    @Meaning(value = "number of parallel training runs", preset = "1") int parallel) {

  /** The choice of trials. */
  public enum Search {
    GRID,
    RANDOM,
    HALVING,
    ABLATION
  }

  public TuneConfig {
    Check.between("tune.trials", 1, 10_000, trials);
    Check.between("tune.seeds", 1, 1000, seeds);
    Check.between("tune.keep-one-in", 2, 100, keepOneIn);
    Check.between("tune.parallel", 1, 1000, parallel);
  }

  /** A grid search; trials run once, one after the other. */
  public static TuneConfig defaults() {
    return Components.defaults(TuneConfig.class);
  }
}
