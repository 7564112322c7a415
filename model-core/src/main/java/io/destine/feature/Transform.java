package io.destine.feature;

import java.util.Locale;

/** How a number becomes an embedding. */
public enum Transform {
  /** The bucket floor(ln(x)^2) for x &gt; 2; smaller numbers have separate buckets. */
  LOG_SQUARED,
  /** The bucket between quantiles of the training rows. */
  QUANTILE,
  /** The standardised number times a learnt vector. */
  LINEAR,
  /** The number itself as a value. */
  NONE;

  /** The value as written in configurations and files, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
