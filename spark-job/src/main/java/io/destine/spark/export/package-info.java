/** Writes a model as an ONNX graph, a model of Triton, an archive or a table of embeddings. */
package io.destine.spark.export;
