package io.destine.spark.export;

import java.util.Locale;

/** What kind of file a model is exported to. */
public enum ExportFormat {
  /** A graph with its weights, for ONNX Runtime and other programs that run such graphs. */
  ONNX,
  /** All tensors and the vocabulary, for programs that compute the network themselves. */
  SAFETENSORS;

  /** The value as commands spell it, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return key();
  }
}
