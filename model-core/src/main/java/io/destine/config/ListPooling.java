package io.destine.config;

import java.util.Locale;

/**
 * How the embeddings e_1 to e_k of the values of a list are combined: their mean, or their sum
 * weighted by softmax_i(w . e_i) with a learnt vector w of the field.
 */
public enum ListPooling {
  MEAN,
  ATTENTION;

  /** The value as written in configurations and files, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
