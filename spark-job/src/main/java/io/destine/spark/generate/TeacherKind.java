package io.destine.spark.generate;

import java.util.Locale;

/** The kind of interaction in the model of the labels. */
public enum TeacherKind {
  /** A factorization machine: products of the vectors of given pairs of fields. */
  FM,
  /**
   * A layer of decoupled self-attention over all fields: the effect of a value depends on the
   * values of the other fields.
   */
  ATTENTION;

  /** Name on the command line. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
