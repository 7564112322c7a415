package io.destine.spark.app;

import io.destine.spark.conf.JobConfig;
import io.destine.spark.conf.SplitConfig;
import io.destine.spark.encode.Split;
import java.util.Locale;
import java.util.Optional;

/** The option that selects the rows of a command. */
enum SplitChoice {
  TRAIN,
  VALIDATION,
  TEST,
  ALL;

  /**
   * The given choice; by default the test rows of the model's own source, or all rows of another
   * source.
   */
  static SplitChoice of(SplitChoice made, ModelOptions options) {
    if (made != null) {
      return made;
    }
    return options.otherRows() ? ALL : TEST;
  }

  /** The split; empty for all rows. */
  Optional<Split> split() {
    return this == ALL ? Optional.empty() : Optional.of(Split.valueOf(name()));
  }

  /** The configuration for reading the rows: if all are selected, it needs no split column. */
  JobConfig of(JobConfig config) {
    return this == ALL && !(config.split() instanceof SplitConfig.ByPaths)
        ? config.unsplit()
        : config;
  }

  /** The name in lower case. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
