package io.destine.config;

import java.util.Locale;

/** The form of the calibration of logits, which is fitted to the validation rows. */
public enum CalibrationMethod {
  /** No calibration. */
  NONE,
  /** A factor of the logit. */
  TEMPERATURE,
  /** A factor and an offset. */
  PLATT,
  /** Any increasing map, as lines between knots. */
  ISOTONIC;

  /** The value as written in configurations and files, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
