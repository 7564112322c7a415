package io.destine.config;

import java.util.Locale;

/** How a map from logits to those of probabilities is fitted to the validation rows. */
public enum CalibrationMethod {
  /** Not at all. */
  NONE,
  /** A factor of the logit. */
  TEMPERATURE,
  /** A factor and an offset. */
  PLATT,
  /** Any rising map, as lines between knots. */
  ISOTONIC;

  /** The value as configurations and files spell it, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
