package io.destine.config;

import java.util.Locale;

/** Metrics by which the best epoch of a run is selected. */
public enum Metric {
  AUC,
  LOG_LOSS;

  /** The value as written in configurations and files, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** True when {@code candidate} is better than {@code best}; a NaN is never better. */
  public boolean better(double candidate, double best) {
    return this == AUC ? candidate > best : candidate < best;
  }

  /** A value that any finite candidate improves on. */
  public double worst() {
    return this == AUC ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
  }
}
