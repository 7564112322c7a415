package io.destine.feature;

import java.util.Locale;

/** The kind of the values of a column. */
public enum FieldKind {
  /** One value, used as text. */
  CATEGORICAL,
  /** One number, see {@link Transform}. */
  NUMERIC,
  /** Any number of values: a list, or a text with a separator. */
  MULTI,
  /** Words, see {@link Tokens}. */
  TEXT,
  /** A fixed number of floats. */
  VECTOR;

  /** The value as written in configurations and files, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
