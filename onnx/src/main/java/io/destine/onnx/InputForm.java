package io.destine.onnx;

import java.util.Locale;

/** How the values of fields with ids come into a graph. */
public enum InputForm {
  /** As texts and numbers, whose ids the graph finds. */
  STRINGS,
  /** As ids, which the caller finds in the vocabulary. */
  IDS;

  /** The value as commands and files spell it, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
