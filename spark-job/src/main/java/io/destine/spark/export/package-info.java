/** Writes a model as an ONNX graph, a Triton model, an archive or a table of embeddings. */
package io.destine.spark.export;
