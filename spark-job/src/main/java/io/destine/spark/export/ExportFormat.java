package io.destine.spark.export;

import java.util.Locale;

/** What a model is exported to. */
public enum ExportFormat {
  /** A graph with its weights, for ONNX Runtime and other programs that run such graphs. */
  ONNX,
  /** The model directory as a zip archive, for scorers and for programs that read its files. */
  ARCHIVE,
  /** A directory of Parquet files with the embedding of each id. */
  PARQUET;

  /** The value as commands spell it, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return key();
  }
}
