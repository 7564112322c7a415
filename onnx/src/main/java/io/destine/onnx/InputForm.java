package io.destine.onnx;

import java.util.Locale;

/** The form of a graph's inputs for fields with ids. */
public enum InputForm {
  /** As texts and numbers, from which the graph computes ids. */
  STRINGS,
  /** As ids, which the caller looks up in the vocabulary. */
  IDS;

  /** The value as written in commands and files, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
