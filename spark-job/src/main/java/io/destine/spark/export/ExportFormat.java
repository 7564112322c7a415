package io.destine.spark.export;

import java.util.Locale;

/** The format of an export. */
public enum ExportFormat {
  /** A graph with its weights, for ONNX Runtime and other programs that run such graphs. */
  ONNX,
  /** The same graph as a model of a Triton model repository: a directory. */
  TRITON,
  /** A zip archive of the files that scoring reads, for scorers and other programs. */
  ARCHIVE,
  /** A directory of Parquet files with the embedding of each id. */
  PARQUET;

  /** The file of the graph inside a model of a Triton model repository, its version 1. */
  static final String TRITON_GRAPH = "1/model.onnx";

  /** The main file of an export, for the path given by the user. */
  public String file(String output) {
    return this == TRITON ? output.replaceFirst("/+$", "") + "/" + TRITON_GRAPH : output;
  }

  /** True for formats with a graph. */
  public boolean hasGraph() {
    return this == ONNX || this == TRITON;
  }

  /** The value in commands, in lower case. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return key();
  }
}
