/** A published model as one file, or its embeddings as a table, for other programs. */
package io.destine.spark.export;
